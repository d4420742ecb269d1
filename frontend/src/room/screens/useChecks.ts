// What is checked, and how each check stands: from the server's own look at the frames, and from measurements here.
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { measureLine } from "../api";
import type { MediaState } from "../engine/media";
import type { RoomState } from "../engine/roomState";

/** What the exam wants of the device. */
export type CheckNeeds = { sound: boolean; screen: boolean; fullscreen: boolean };

export type CheckName =
  | "browser"
  | "camera"
  | "light"
  | "face"
  | "microphone"
  | "speaker"
  | "line"
  | "screen"
  | "fullscreen"
  | "display";
export type CheckResult = "good" | "waiting" | "mend";
/** `fix`: the key of the sentence that says what is wrong and what to do. */
export type Check = { name: CheckName; result: CheckResult; detail: string; fix: string | null };
export type Checks = {
  list: Check[];
  busy: boolean;
  heardVoice: () => void;
  heardTone: () => void;
  play: () => void;
  measure: () => void;
  tryFullscreen: () => void;
};

/** Of the picture's width: smaller, and the eyes are too few pixels. */
const SMALLEST_FACE = 0.12;
const LARGEST_FACE = 0.6;
const ENOUGH_BITS = 50_000;
const LONG_DELAY_MS = 1_500;

type Line = { delayMs: number; upBits: number } | "asking" | "failed";

export function useChecks(room: RoomState, media: MediaState, needs: CheckNeeds): Checks {
  const format = useFormats();
  const { t } = useTranslation();
  const [voice, setVoice] = useState(false);
  const [tone, setTone] = useState(false);
  const [full, setFull] = useState(false);
  const { line, measure } = useLine();
  const show = (value: number) => format.number(value, 0);
  const lineDetail = typeof line === "string" ? "" : t("check.lineDetail", { ms: show(line.delayMs), kbit: show(line.upBits / 1000) });
  const list: (Check | null)[] = [
    browserCheck(),
    cameraCheck(media),
    lightCheck(room, media),
    faceCheck(room, media),
    needs.sound ? check("microphone", media.soundTrouble ? "mend" : voice ? "good" : "waiting", media.soundTrouble ? "microphone.trouble" : "microphone.speak") : null,
    needs.sound ? check("speaker", tone ? "good" : "waiting", "speaker.play") : null,
    { ...lineCheck(line), detail: lineDetail },
    needs.screen ? screenCheck(media) : null,
    needs.fullscreen ? check("fullscreen", full || !document.fullscreenEnabled ? "good" : "waiting", "fullscreen.try") : null,
    displayCheck(),
  ];
  return {
    list: list.filter((one): one is Check => one !== null),
    busy: line === "asking",
    heardVoice: useCallback(() => setVoice(true), []),
    heardTone: () => setTone(true),
    play: playTone,
    measure,
    tryFullscreen: () => {
      document.documentElement
        .requestFullscreen()
        .then(() => setFull(true))
        .then(() => document.exitFullscreen())
        .catch(() => undefined);
    },
  };
}

function check(name: CheckName, result: CheckResult, fix: string | null): Check {
  return { name, result, detail: "", fix: result === "good" ? null : fix };
}

function browserCheck(): Check {
  if (!window.isSecureContext) return check("browser", "mend", "browser.insecure");
  const there = "indexedDB" in window && "OffscreenCanvas" in window && "AudioWorkletNode" in window && "subtle" in crypto;
  return check("browser", there ? "good" : "mend", "browser.old");
}

function cameraCheck({ camera, cameraTrouble }: MediaState): Check {
  if (camera) return check("camera", "good", null);
  return check("camera", cameraTrouble ? "mend" : "waiting", cameraTrouble ? `camera.${cameraTrouble}` : "camera.ask");
}

function lightCheck({ report, states }: RoomState, { camera }: MediaState): Check {
  if (!camera || !report) return check("light", "waiting", "light.waiting");
  const wrong = ["too_dark", "too_bright", "blurred"].find((state) => states.includes(state));
  return check("light", wrong ? "mend" : "good", wrong ? `light.${wrong}` : null);
}

function faceCheck({ report, figures }: RoomState, { camera }: MediaState): Check {
  if (!camera || !report) return check("face", "waiting", "face.waiting");
  const faces = report.faces ?? [];
  if (faces.length === 0) return check("face", "mend", "face.none");
  if (faces.length > 1) return check("face", "mend", "face.several");
  const width = figures?.mode === "normal" ? 640 : 320;
  const share = (faces[0]?.box[2] ?? 0) / width;
  if (share < SMALLEST_FACE) return check("face", "mend", "face.small");
  return check("face", share > LARGEST_FACE * 2 ? "mend" : "good", "face.large");
}

function lineCheck(line: Line): Check {
  if (line === "asking") return check("line", "waiting", "line.asking");
  if (line === "failed") return check("line", "mend", "line.failed");
  return check("line", line.upBits < ENOUGH_BITS || line.delayMs > LONG_DELAY_MS ? "mend" : "good", "line.slow");
}

function screenCheck({ screen, screenTrouble }: MediaState): Check {
  if (screen) return check("screen", "good", null);
  return check("screen", screenTrouble ? "mend" : "waiting", screenTrouble ? `screen.${screenTrouble}` : "screen.ask");
}

function displayCheck(): Check {
  const extended = (window.screen as Screen & { isExtended?: boolean }).isExtended === true;
  return check("display", extended ? "mend" : "good", "display.second");
}

function useLine(): { line: Line; measure: () => void } {
  const [line, setLine] = useState<Line>("asking");
  const ask = useCallback(() => measureLine().then(setLine, () => setLine("failed")), []);
  useEffect(() => void ask(), [ask]);
  const measure = useCallback(() => {
    setLine("asking");
    void ask();
  }, [ask]);
  return { line, measure };
}

function playTone(): void {
  const audio = new AudioContext();
  const tone = new OscillatorNode(audio, { frequency: 660 });
  const volume = new GainNode(audio, { gain: 0.2 });
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.8);
  tone.addEventListener("ended", () => void audio.close());
}
