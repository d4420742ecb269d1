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

/** The server pings more often than this; longer silence means a dead line that TCP has not noticed yet. */
export const SILENCE_MS = 60_000;
const RETRYABLE = new Set([1006, 1011, 1012, 1013, 4408]);
/** Our own close code, for a line given up from this side. */
const ABANDONED = 4000;
const REASONS: Record<number, string> = {
  1008: "ticket_refused",
  4401: "ticket_refused",
  4403: "not_found",
  4404: "not_found",
};

export function isRetryable(closeCode: number): boolean {
  return RETRYABLE.has(closeCode);
}

export class LiveSocket {
  readonly #options: LiveSocketOptions;
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  /** Counts connections: whatever an earlier one still says is not heard. */
  #round = 0;
  #closed = false;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
    void this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#leave();
  }

  /** Says something to the server if it is there to hear it; what must be said again after a break, the caller repeats. */
  send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Ends the waiting, for instance because the device is back online; does nothing while connected. */
  retryNow(): void {
    if (this.#closed || this.#socket) return;
    this.#leave();
    this.#attempt = 0;
    void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    this.#options.onStatus({ phase: "connecting" });
    try {
      const ticket = await this.#options.getTicket();
      if (round === this.#round) this.#listen(ticket, round);
    } catch (error) {
      if (round !== this.#round) return;
      const { status, code } = asProblem(error);
      if (status === 0 || status === 429 || status >= 500) this.#wait();
      else this.#options.onStatus({ phase: "failed", code });
    }
  }

  #listen(ticket: string, round: number): void {
    const address = this.#options.address(ticket);
    const socket = this.#options.makeSocket?.(address) ?? new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#expectNews();
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (round === this.#round) this.#hear(data);
    });
    socket.addEventListener("close", ({ code }: CloseEvent) => {
      if (round === this.#round) this.#ended(code);
    });
  }

  #hear(data: unknown): void {
    this.#expectNews();
    if (typeof data === "string") {
      const message = JSON.parse(data) as LiveMessage;
      this.#options.onMessage(message);
      if (message.type !== "snapshot") return;
      this.#attempt = 0;
      this.#options.onStatus({ phase: "live" });
    } else if (data instanceof ArrayBuffer) {
      const thumbnail = parseThumbnail(data);
      if (thumbnail) this.#options.onThumbnail(thumbnail);
    }
  }

  #ended(closeCode: number): void {
    clearTimeout(this.#silence);
    this.#socket = null;
    if (isRetryable(closeCode)) this.#wait();
    else this.#options.onStatus({ phase: "failed", code: REASONS[closeCode] ?? "live_closed" });
  }

  #wait(): void {
    const delay = retryDelay(this.#attempt);
    this.#attempt += 1;
    this.#options.onStatus({ phase: "waiting", until: Date.now() + delay });
    this.#retry = setTimeout(() => void this.#connect(), delay);
  }

  #expectNews(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#leave();
      this.#wait();
    }, SILENCE_MS);
  }

  /** Lets go of the socket without waiting for its closing handshake, which a dead line never answers. */
  #leave(): void {
    this.#round += 1;
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#socket?.close(ABANDONED);
    this.#socket = null;
  }
}
