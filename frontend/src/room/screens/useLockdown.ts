// What the exam forbids in the browser: noticed, stopped where the exam says so, and always explained.
import { useCallback, useEffect, useState } from "react";
import type { RoomSettings } from "../api";
import { type Stopped, watchBrowser } from "../engine/browserEvents";
import type { Controller } from "../engine/controller";

export type StoppedNow = { what: Stopped; count: number } | null;
export type Lockdown = {
  stopped: StoppedNow;
  outOfFullscreen: boolean;
  clear: () => void;
  back: () => void;
  /** It does not work here, and the teacher was told why: on with the exam until full screen is left again. */
  excused: () => void;
};

/** How long the word about what was stopped stands. */
const SHOWN_MS = 8_000;

export function useLockdown(controller: Controller, settings: RoomSettings): Lockdown {
  const [stopped, setStopped] = useState<StoppedNow>(null);
  const [out, setOut] = useState(() => settings.require_fullscreen && document.fullscreenEnabled && !document.fullscreenElement);
  useEffect(() => {
    const stop = watchBrowser({
      lockdown: {
        clipboard: settings.block_clipboard,
        rightClick: settings.block_right_click,
        shortcuts: settings.block_shortcuts,
        fullscreen: settings.require_fullscreen,
      },
      onEvent: (event) => void controller.put({ type: "event", t: controller.now(), ...event }).catch(() => undefined),
      onStopped: (what) => {
        if (what === "fullscreen") setOut(true);
        else setStopped((known) => ({ what, count: (known?.count ?? 0) + 1 }));
      },
      onHidden: (hidden) => controller.hidden(hidden),
    });
    const onChange = () => setOut(settings.require_fullscreen && document.fullscreenEnabled && !document.fullscreenElement);
    document.addEventListener("fullscreenchange", onChange);
    return () => {
      document.removeEventListener("fullscreenchange", onChange);
      stop();
    };
  }, [controller, settings]);
  const clear = useCallback(() => setStopped(null), []);
  useEffect(() => {
    if (!stopped) return;
    const timer = setTimeout(clear, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [stopped, clear]);
  return {
    stopped,
    outOfFullscreen: out,
    clear,
    excused: () => setOut(false),
    back: () => {
      document.documentElement.requestFullscreen().then(
        () => setOut(false),
        () => setOut(false), // where the browser will not, nobody is locked out of the exam
      );
    },
  };
}
