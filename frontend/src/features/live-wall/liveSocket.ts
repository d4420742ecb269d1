// The teachers' socket: a line that returns by itself, and what comes over it.
import { lastingRefusal } from "@/api/problem";
import { type LineStatus, ReturningSocket } from "@/lib/returningSocket";
import { type LiveMessage, parseThumbnail, type Thumbnail } from "./messages";

export type LiveStatus = LineStatus;

export type LiveSocketOptions = {
  address: (ticket: string) => string;
  getTicket: () => Promise<string>;
  onMessage: (message: LiveMessage) => void;
  onThumbnail: (thumbnail: Thumbnail) => void;
  onStatus: (status: LiveStatus) => void;
  makeSocket?: (address: string) => WebSocket;
};

/** The server pings more often than this; longer silence means a dead line that TCP has not noticed yet. */
export const SILENCE_MS = 60_000;
const REASONS: Record<number, string> = {
  1008: "ticket_refused",
  4401: "ticket_refused",
  4403: "not_found",
  4404: "not_found",
};

/** Listens to an exam; live from the snapshot on, with which every connection begins. */
export function openLiveSocket({ onMessage, onThumbnail, ...options }: LiveSocketOptions): ReturningSocket {
  const line = new ReturningSocket({
    ...options,
    refusal: lastingRefusal,
    reasons: REASONS,
    silence: SILENCE_MS,
    onData: (data) => {
      if (typeof data === "string") {
        const message = JSON.parse(data) as LiveMessage;
        onMessage(message);
        if (message.type === "snapshot") line.established();
      } else {
        const thumbnail = parseThumbnail(data);
        if (thumbnail) onThumbnail(thumbnail);
      }
    },
  });
  return line;
}
