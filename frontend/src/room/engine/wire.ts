// What the page and its Worker say to each other.
import type { Limits, Outgoing, ServerMessage } from "./contract";
import type { LinkEnd, LinkStatus } from "./link";
import type { Ceiling, Mode } from "./pace";

export type PictureSource = "camera" | "screen";

export type ToWorker =
  | { do: "start"; session: number; userId: number; address: string; offsetMs: number; ceiling: Ceiling }
  | { do: "ticket"; ticket: string }
  | { do: "no-ticket"; why: LinkEnd | null }
  | { do: "pump" }
  | { do: "retry" }
  | { do: "stop" }
  | { do: "watch"; sources: PictureSource[]; sound: boolean }
  | { do: "picture"; source: PictureSource; bitmap: ImageBitmap | null }
  | { do: "sound"; samples: Float32Array<ArrayBuffer>; capturedAgoMs: number }
  | { do: "position"; position: number | null }
  | { do: "hidden"; hidden: boolean }
  | { do: "hold"; ceiling: Ceiling }
  /** The disk has refused it. */
  | { do: "spill"; message: Outgoing }
  /** What is in memory only, to go another way. */
  | { do: "rest"; id: number };

export type Figures = { mode: Mode; kbps: number; roundTripMs: number | null; sent: number };

export type FromWorker =
  | { say: "ticket?" }
  | { say: "picture?"; source: PictureSource; width: number; height: number }
  | { say: "status"; status: LinkStatus }
  | { say: "message"; message: ServerMessage }
  | { say: "waiting"; count: number }
  | { say: "figures"; figures: Figures }
  | { say: "rest"; id: number; messages: Outgoing[] }
  | { say: "storage"; problem: "quota" | "failed" };

export type WorkerLimits = Limits;
