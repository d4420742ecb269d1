// What the teachers' socket says; the shapes it shares with HTTP are generated.

import type { Band, Evidence, Severity, SittingState, Violation } from "@/api/types";

export type { Band, Evidence, Severity, Violation };

/** One student's sitting; trust in 0..100, coverage in 0..1 or null before anything could be observed. */
export type Sitting = {
  id: number;
  student: { id: number; full_name: string };
  state: SittingState;
  online: boolean;
  trust: number;
  band: Band;
  coverage: number | null;
  states: string[];
  started_at: string;
  ends_at: string;
  ended_at: string | null;
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
  | { type: "ping"; server_time: string };

export type Thumbnail = { sittingId: number; capturedAt: number; jpeg: Blob };

const HEADER_BYTES = 17;
const THUMBNAIL = 1;

/** Takes a binary message apart: kind (1 byte), exam session id and capture time in ms (8 bytes each), JPEG. */
export function parseThumbnail(data: ArrayBuffer): Thumbnail | null {
  if (data.byteLength <= HEADER_BYTES) return null;
  const view = new DataView(data);
  if (view.getUint8(0) !== THUMBNAIL) return null;
  return {
    sittingId: Number(view.getBigUint64(1)),
    capturedAt: Number(view.getBigUint64(9)),
    jpeg: new Blob([new Uint8Array(data, HEADER_BYTES)], { type: "image/jpeg" }),
  };
}
