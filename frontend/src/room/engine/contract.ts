// What the room says to the server and hears from it: PROTOCOL 360proctor.v1 and the student's HTTP routes.

export const PROTOCOL = "360proctor.v1";

export type AnswerValue = string | boolean | string[] | number[] | { [key: string]: string } | null;

/** A numbered message before it has a number. `t` is the server's time as this device knows it, ms since 1970. */
export type Outgoing =
  | { type: "answer"; t: number; question_id: number; value: AnswerValue; client_seq: number }
  | { type: "status"; t: number; flagged: { question_id: number; on: boolean } }
  /** A question was shown for the first time: its clock, and its section's, run from then. */
  | { type: "status"; t: number; opened: { question_id: number } }
  | { type: "event"; t: number; kind: string; phase?: "begin" | "end"; composing?: boolean; assistive?: boolean; label?: string }
  | { type: "audio"; t: number; format: "pcm16"; rate: number }
  | { type: "chat"; t: number; text: string }
  | { type: "hand"; t: number; raised: boolean };

export type Numbered = Outgoing & { seq: number };

export type Limits = { max_fps: number; max_bytes: number; width: number; height: number; quality: number };

export type Hello = {
  type: "hello";
  protocol: string;
  session_id: number;
  resume_from: number;
  server_time: string;
  ends_at: string;
  limits: Limits;
  language: string;
  state: string;
  begun: boolean;
  paused: boolean;
  admitted: boolean;
};

export type Report = {
  faces?: { box: [number, number, number, number]; score: number }[];
  quality?: { brightness: number; contrast: number; sharpness: number };
  states?: string[];
};

export type ServerMessage =
  | Hello
  | { type: "ack"; upto: number }
  | {
      type: "frame.done";
      number: number;
      source?: string;
      report: Report | null;
      coverage: number | null;
      states?: string[];
      advice?: { code: string; text: string } | null;
    }
  | { type: "slow"; max_fps: number }
  | { type: "trust"; score: number; band: string }
  | { type: "admitted" | "begun"; ends_at: string; started_at?: string | null }
  | { type: "paused" | "resumed" | "extended" | "terminated" | "submitted" | "expired"; reason: string; ends_at: string }
  | { type: "message"; id: number; from: "staff" | "student"; text: string; at: string; warning: boolean }
  /** The staff have taken the hand down; have read what was written to them. */
  | { type: "hand"; raised: boolean }
  | { type: "read"; at: string }
  | { type: "ending"; reason: string; at: string }
  | { type: "ending_cancelled" }
  | { type: "room_view" }
  | {
      type: "outage";
      started_at: string;
      ended_at: string;
      cause: string;
      credited_seconds: number;
      total_seconds?: number;
      ends_at: string;
    }
  | { type: "flagged"; reason: string }
  | { type: "challenge"; nonce: string; direction: string; seconds: number; text: string }
  | { type: "challenge.done"; nonce: string; passed: boolean | null }
  | { type: "violation.opened" | "violation.updated" | "violation.closed"; violation: unknown }
  | { type: "error"; code: string; params: Record<string, string | number> };

export const CLOSE = { token: 4401, replaced: 4409, ended: 4410 } as const;

/** Kinds of binary messages. */
export const FRAME = { camera: 1, sound: 2, screen: 4 } as const;
export const HEADER_BYTES = 16;

/** kind, three bytes of flags, captured_at (ms since 1970), number, then the picture or the sound. */
export function packBinary(kind: number, capturedAt: number, number: number, body: ArrayBuffer): ArrayBuffer {
  const packed = new Uint8Array(HEADER_BYTES + body.byteLength);
  const view = new DataView(packed.buffer);
  view.setUint8(0, kind);
  view.setBigUint64(4, BigInt(Math.max(0, Math.round(capturedAt))));
  view.setUint32(12, number >>> 0);
  packed.set(new Uint8Array(body), HEADER_BYTES);
  return packed.buffer;
}
