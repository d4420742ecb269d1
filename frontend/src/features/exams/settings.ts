// The exam's settings as the editor shows them: in which group, of which sort; texts are in authoring.json by their names.
import type { Exam, ExamChanges } from "@/api/types";

export type Setting =
  | { name: FlagName; sort: "flag"; needs?: FlagName }
  | { name: NumberName; sort: "number"; min: number; max: number; empty?: boolean }
  | { name: ChoiceName; sort: "choice"; values: readonly string[] };

type NamesOf<Value> = { [Name in keyof Exam & keyof ExamChanges]-?: Exam[Name] extends Value ? Name : never }[keyof Exam & keyof ExamChanges];
export type FlagName = NamesOf<boolean>;
export type NumberName = NamesOf<number | null>;
export type ChoiceName = "navigation" | "question_language" | "enrolment";

const flag = (name: FlagName): Setting => ({ name, sort: "flag" });

export const ACCESS: readonly Setting[] = [
  { name: "enrolment", sort: "choice", values: ["open", "list"] },
  { name: "max_attempts", sort: "number", min: 1, max: 100 },
  flag("minors"),
  flag("waiting_room"),
  flag("require_id_document"),
  flag("require_room_view"),
];

export const ROOM: readonly Setting[] = [
  { name: "navigation", sort: "choice", values: ["free", "forward"] },
  { name: "question_language", sort: "choice", values: ["both", "en", "bn"] },
  flag("randomize_questions"),
  flag("randomize_options"),
  flag("allow_calculator"),
  { name: "time_credit_minutes", sort: "number", min: 0, max: 600 },
  { name: "late_sync_minutes", sort: "number", min: 0, max: 10_080 },
];

export const LOCKDOWN: readonly Setting[] = [
  flag("browser_lockdown"),
  flag("require_fullscreen"),
  flag("block_clipboard"),
  flag("block_right_click"),
  flag("block_shortcuts"),
  { name: "max_tab_switches", sort: "number", min: 0, max: 1000, empty: true },
];

export const RESULTS: readonly Setting[] = [
  { name: "passing_score", sort: "number", min: 0, max: 100, empty: true },
  flag("show_results_immediately"),
  flag("allow_review"),
  flag("anonymous_grading"),
  flag("show_trust"),
];

/** Switches of detection, and the kinds each one governs. */
export const DETECTION = [
  { name: "enable_face_detection", kinds: ["face_not_detected"] },
  { name: "enable_multiple_face_detection", kinds: ["multiple_faces"] },
  { name: "enable_eye_tracking", kinds: ["looking_away"] },
  { name: "enable_audio_detection", kinds: ["audio_detected"] },
  { name: "enable_tab_switch_detection", kinds: ["tab_switch", "window_blur"] },
  { name: "enable_phone_detection", kinds: ["phone_detected"] },
  { name: "enable_identity_check", kinds: ["identity_mismatch"] },
  { name: "enable_covered_face_detection", kinds: ["face_covered"] },
  { name: "enable_hand_at_ear_detection", kinds: ["hand_at_ear"] },
  { name: "enable_looking_down_detection", kinds: ["looking_down"] },
  { name: "enable_mouth_detection", kinds: ["voice_elsewhere", "silent_speech"] },
] as const satisfies readonly { name: FlagName; kinds: readonly string[] }[];

export const RECORDING: readonly Setting[] = [flag("enable_screen_recording")];

/** What `browser_lockdown` switches on by itself. */
export const LOCKED: readonly FlagName[] = ["require_fullscreen", "block_clipboard", "block_right_click", "block_shortcuts"];

export const STAKES = ["low", "medium", "high"] as const;
export type Stakes = (typeof STAKES)[number];

/** Fields that a choice of stakes sets; everything else stays as it is. */
export const STAKES_SET: Record<Stakes, ExamChanges> = {
  low: {
    preset: "lenient",
    enable_eye_tracking: false,
    enable_audio_detection: false,
    enable_identity_check: false,
    enable_screen_recording: false,
    waiting_room: false,
    require_id_document: false,
    require_room_view: false,
    browser_lockdown: false,
    require_fullscreen: false,
    block_clipboard: false,
    block_right_click: false,
    block_shortcuts: false,
    max_tab_switches: null,
    time_credit_minutes: 30,
  },
  medium: {
    preset: "standard",
    enable_eye_tracking: true,
    enable_audio_detection: true,
    enable_identity_check: true,
    enable_screen_recording: false,
    waiting_room: false,
    require_id_document: false,
    require_room_view: false,
    browser_lockdown: false,
    require_fullscreen: true,
    block_clipboard: true,
    block_right_click: false,
    block_shortcuts: false,
    max_tab_switches: 10,
    time_credit_minutes: 20,
  },
  high: {
    preset: "strict",
    enable_eye_tracking: true,
    enable_audio_detection: true,
    enable_identity_check: true,
    enable_screen_recording: true,
    waiting_room: true,
    require_id_document: true,
    require_room_view: true,
    browser_lockdown: true,
    max_tab_switches: 3,
    time_credit_minutes: 15,
  },
};

/** The stakes whose fields the exam has, or null where somebody chose otherwise. */
export function stakesOf(exam: ExamChanges): Stakes | null {
  const fits = (stakes: Stakes) =>
    Object.entries(STAKES_SET[stakes]).every(([name, value]) => exam[name as keyof ExamChanges] === value);
  return STAKES.find(fits) ?? null;
}

export type KindRate = { kind: string; expected_false_alarms: number | null };

/** Alarms an hour that an honest student would get from these kinds; null where nothing was measured. */
export function expectedAlarms(rates: readonly KindRate[], kinds: readonly string[]): number | null {
  const known = rates.filter((one) => kinds.includes(one.kind) && one.expected_false_alarms !== null);
  return known.length === 0 ? null : known.reduce((sum, one) => sum + (one.expected_false_alarms ?? 0), 0);
}

/** Kinds that are looked for with these settings. */
export function lookedFor(exam: ExamChanges, rates: readonly KindRate[]): string[] {
  const off: Set<string> = new Set(exam.disabled_kinds ?? []);
  for (const { name, kinds } of DETECTION) if (exam[name] === false) for (const kind of kinds) off.add(kind);
  return rates.map((one) => one.kind).filter((kind) => !off.has(kind));
}

/** What differs from the stored exam. */
export function changesOf(exam: Exam, draft: ExamChanges): ExamChanges {
  const changed = Object.entries(draft).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(exam[name as keyof Exam]),
  );
  return Object.fromEntries(changed) as ExamChanges;
}
