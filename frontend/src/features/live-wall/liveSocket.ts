// The teachers' socket: fetches a ticket, listens, and comes back by itself after anything that may pass.
import { asProblem } from "@/api/problem";
import { retryDelay } from "@/lib/backoff";
import { type LiveMessage, parseThumbnail, type Thumbnail } from "./messages";

export type LiveStatus =
  | { phase: "connecting" }
  | { phase: "live" }
  | { phase: "waiting"; until: number }
  | { phase: "failed"; code: string };

export type LiveSocketOptions = {
  address: (ticket: string) => string;
  getTicket: () => Promise<string>;
  onMessage: (message: LiveMessage) => void;
  onThumbnail: (thumbnail: Thumbnail) => void;
  onStatus: (status: LiveStatus) => void;
  makeSocket?: (address: string) => WebSocket;
};

export type LiveSocket = { close: () => void; retryNow: () => void };

/** The server pings more often than this; longer silence means a dead line that TCP has not noticed yet. */
export const SILENCE_MS = 60_000;
const RETRYABLE = new Set([1006, 1011, 1012, 1013, 4408]);
const ABANDONED = 4000;
const REASONS: Record<number, string> = { 1008: "ticket_refused", 4401: "ticket_refused", 4403: "not_found", 4404: "not_found" };

export function isRetryable(closeCode: number): boolean {
  return RETRYABLE.has(closeCode);
}

export function openLiveSocket(options: LiveSocketOptions): LiveSocket {
  const makeSocket = options.makeSocket ?? ((address: string) => new WebSocket(address));
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let round = 0;
  let closed = false;

  const waitAndRetry = () => {
    const delay = retryDelay(attempt);
    attempt += 1;
    options.onStatus({ phase: "waiting", until: Date.now() + delay });
    timer = setTimeout(() => void connect(), delay);
  };

  const stop = (code: string) => options.onStatus({ phase: "failed", code });

  const listenForSilence = () => {
    clearTimeout(silence);
    silence = setTimeout(() => leave(true), SILENCE_MS);
  };

  /** Lets go of the socket without waiting for its closing handshake, which a dead line never answers. */
  const leave = (retry: boolean) => {
    round += 1;
    clearTimeout(timer);
    clearTimeout(silence);
    socket?.close(ABANDONED);
    socket = null;
    if (retry && !closed) waitAndRetry();
  };

  const heard = (data: unknown) => {
    listenForSilence();
    if (typeof data === "string") {
      const message = JSON.parse(data) as LiveMessage;
      options.onMessage(message);
      if (message.type === "snapshot") {
        attempt = 0;
        options.onStatus({ phase: "live" });
      }
    } else if (data instanceof ArrayBuffer) {
      const thumbnail = parseThumbnail(data);
      if (thumbnail) options.onThumbnail(thumbnail);
    }
  };

  const listen = (ticket: string, mine: number) => {
    const opened = makeSocket(options.address(ticket));
    opened.binaryType = "arraybuffer";
    socket = opened;
    listenForSilence();
    opened.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (mine === round) heard(data);
    });
    opened.addEventListener("close", ({ code }: CloseEvent) => {
      if (mine !== round) return;
      clearTimeout(silence);
      socket = null;
      if (isRetryable(code)) waitAndRetry();
      else stop(REASONS[code] ?? "live_closed");
    });
  };

  const connect = async () => {
    round += 1;
    const mine = round;
    options.onStatus({ phase: "connecting" });
    try {
      const ticket = await options.getTicket();
      if (mine === round && !closed) listen(ticket, mine);
    } catch (error) {
      if (mine !== round || closed) return;
      const { status, code } = asProblem(error);
      if (status === 0 || status === 429 || status >= 500) waitAndRetry();
      else stop(code);
    }
  };

  void connect();
  return {
    close: () => {
      closed = true;
      leave(false);
    },
    retryNow: () => {
      if (closed || socket) return;
      leave(false);
      attempt = 0;
      void connect();
    },
  };
}
