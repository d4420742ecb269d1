// Sound and desktop notice for the grave, and only for those: off until somebody wants them.
import { useEffect } from "react";
import type { TFunction } from "i18next";
import { kindName } from "@/ui/names";
import type { LiveMessage } from "./messages";
import type { Listener } from "./useLiveExam";

/** The same student does not ring again within this time. */
export const QUIET_MS = 30_000;

/** Decides which message is worth a ring: what is newly opened and critical, once per student and half a minute. */
export function makeAlarm(): (message: LiveMessage, at: number) => { sittingId: number; kind: string } | null {
  const rung = new Map<number, number>();
  return (message, at) => {
    if (message.type !== "violation.opened" || message.violation.severity !== "critical") return null;
    const last = rung.get(message.session_id);
    if (last !== undefined && at - last < QUIET_MS) return null;
    rung.set(message.session_id, at);
    return { sittingId: message.session_id, kind: message.violation.kind };
  };
}

function beep(): void {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.setValueAtTime(0.15, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.5);
  tone.frequency.value = 740;
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.5);
  tone.addEventListener("ended", () => void context.close());
}

type AlarmOptions = {
  listen: (listener: Listener) => () => void;
  nameOf: (sittingId: number) => string;
  sound: boolean;
  desktop: boolean;
  t: TFunction;
};

export function useAlarm({ listen, nameOf, sound, desktop, t }: AlarmOptions): void {
  useEffect(() => {
    if (!sound && !desktop) return;
    const judge = makeAlarm();
    return listen((message) => {
      const grave = judge(message, Date.now());
      if (!grave) return;
      if (sound) beep();
      if (desktop && Notification.permission === "granted") {
        // The name alone: a notice may be read over a shoulder.
        // oxlint-disable-next-line no-new
        new Notification(kindName(t, grave.kind), { body: nameOf(grave.sittingId), tag: String(grave.sittingId) });
      }
    });
  }, [listen, nameOf, sound, desktop, t]);
}
