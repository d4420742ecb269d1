// What the teachers' socket says; the shapes it shares with HTTP are generated.

import type { Band, Evidence, Severity, SittingState, Violation } from "@/api/types";

export type { Band, Evidence, Severity, Violation };

/** One student's sitting; trust in 0..100, coverage in 0..1 or null before anything could be observed. */
export type Sitting = {
  id: number;
  student: { id: number; full_name: string; email: string };
  state: SittingState;
  online: boolean;
  trust: number;
  band: Band;
  coverage: number | null;
  states: string[];
  started_at: string;
  ends_at: string;
  ended_at: string | null;
  /** Whether the clock runs; before that the student is on the way in. */
  begun?: boolean;
  /** False only where the exam has a waiting room and nobody has let this student in yet. */
  admitted?: boolean;
  /** Left the page more often than the exam allows. */
  flagged?: boolean;
  /** Position of the question on the student's screen, from 1. */
  question?: number | null;
  answered?: number;
  total?: number;
  hand?: boolean;
  outage_seconds?: number;
  kbps?: number | null;
  /** 0..1, null where no sound is heard. */
  sound_level?: number | null;
  /** Somebody speaks now; null where no sound is heard. */
  speech?: boolean | null;
  /** When this sitting will end because staff said so; until then it can be undone. */
  ending_at?: string | null;
  group?: string;
  /** Messages of the student that no staff member has read. */
  unread?: number;
  attempt?: number;
};

export type SittingWithViolations = Sitting & { violations: Violation[] };

export type LiveExamHead = { id: number; title: string; start_time: string; end_time: string };

export type LiveMessage =
  | { type: "snapshot"; exam: LiveExamHead; server_time: string; sessions: SittingWithViolations[] }
  | { type: "session.updated"; session: Sitting }
  | {
      type: "violation.opened" | "violation.updated" | "violation.closed";
      session_id: number;
      violation: Violation;
      trust: number;
      band: Band;
      /** Violation id → the score without it: one change moves them all. */
      without: Record<string, number>;
    }
  | {
      type: "challenge.done";
      session_id: number;
      /** Null where it could not be judged. */
      passed: boolean | null;
      turned: number;
      needed: number;
    }
  | { type: "ping"; server_time: string };

export const SOURCES = ["camera", "second_camera", "screen"] as const;
export type Source = (typeof SOURCES)[number];
export type Thumbnail = { sittingId: number; source: Source; capturedAt: number; jpeg: Blob };

const HEADER_BYTES = 17;

/** Takes a binary message apart: kind (1 byte), exam session id and capture time in ms (8 bytes each), JPEG. */
export function parseThumbnail(data: ArrayBuffer): Thumbnail | null {
  if (data.byteLength <= HEADER_BYTES) return null;
  const view = new DataView(data);
  const source = SOURCES[view.getUint8(0) - 1];
  if (!source) return null;
  return {
    source,
    sittingId: Number(view.getBigUint64(1)),
    capturedAt: Number(view.getBigUint64(9)),
    jpeg: new Blob([new Uint8Array(data, HEADER_BYTES)], { type: "image/jpeg" }),
  };
}
