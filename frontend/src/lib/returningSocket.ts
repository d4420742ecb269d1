// A line to the server that comes back by itself: a fresh ticket for every attempt, back-off, close codes, silence.
import { retryDelay } from "./backoff";

export type LineStatus =
  | { phase: "connecting" }
  | { phase: "live" }
  /** Trying again at `until` (ms, this device's clock). */
  | { phase: "waiting"; until: number }
  /** It will not come back by itself. */
  | { phase: "failed"; code: string };

export type Data = string | ArrayBuffer;

export type ReturningSocketOptions = {
  address: (ticket: string) => string;
  /** A one-use ticket, asked for before every attempt. */
  getTicket: () => Promise<string>;
  /** Why what `getTicket` threw will not pass by itself; null: it may, try again. */
  refusal: (error: unknown) => string | null;
  /** Names of the close codes that end it; others that end it are called `live_closed`. */
  reasons?: Record<number, string>;
  /** Ms without a word of the server after which the line is dead, whatever TCP believes. */
  silence: number;
  /** The server speaks only when spoken to: silence counts from `expectAnswer` on, and until it has greeted. */
  answersOnly?: boolean;
  onOpen?: () => void;
  onData: (data: Data) => void;
  onStatus: (status: LineStatus) => void;
  protocol?: string;
  makeSocket?: (address: string, protocol?: string) => WebSocket;
};

/** What may pass: a broken line, a server that restarts or is full, a line that was silent. */
const RETRYABLE = new Set([1006, 1011, 1012, 1013, 4408]);
/** Our own close code, for a line given up from this side. */
const ABANDONED = 4000;

export function isRetryable(closeCode: number): boolean {
  return RETRYABLE.has(closeCode);
}

/** The address of a socket on the page's own server; `path` begins with a slash. */
export function socketAddress(path: string, ticket: string): string {
  const address = new URL(path, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("token", ticket);
  return address.href;
}

export class ReturningSocket {
  readonly #options: ReturningSocketOptions;
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  /** Counts connections: whatever an earlier one still says is not heard. */
  #round = 0;
  #closed = false;

  constructor(options: ReturningSocketOptions) {
    this.#options = options;
    void this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#leave();
  }

  /** The server has greeted: the line stands, and the next break is waited out from the beginning. */
  established(): void {
    this.#attempt = 0;
    this.#options.onStatus({ phase: "live" });
  }

  /** Bytes that wait in the socket. */
  get backlog(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Says something if somebody is there to hear it; what must be said again after a break, the caller repeats. */
  send(data: Data): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(data);
    return true;
  }

  /** Something was said that must be answered; if an answer is due already, it stays due since then. */
  expectAnswer(): void {
    if (this.#socket && this.#silence === undefined) this.#listenForNews();
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
      const code = this.#options.refusal(error);
      if (code === null) this.#wait();
      else this.#options.onStatus({ phase: "failed", code });
    }
  }

  #listen(ticket: string, round: number): void {
    const { address, protocol, makeSocket, onOpen, onData } = this.#options;
    const to = address(ticket);
    const socket = makeSocket?.(to, protocol) ?? new WebSocket(to, protocol);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#listenForNews();
    socket.addEventListener("open", () => {
      if (round === this.#round) onOpen?.();
    });
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (round !== this.#round) return;
      this.#news();
      if (typeof data === "string" || data instanceof ArrayBuffer) onData(data);
    });
    socket.addEventListener("close", ({ code }: CloseEvent) => {
      if (round === this.#round) this.#ended(code);
    });
  }

  #ended(closeCode: number): void {
    this.#stopListening();
    this.#socket = null;
    if (isRetryable(closeCode)) this.#wait();
    else this.#options.onStatus({ phase: "failed", code: this.#options.reasons?.[closeCode] ?? "live_closed" });
  }

  #wait(): void {
    const delay = retryDelay(this.#attempt);
    this.#attempt += 1;
    this.#options.onStatus({ phase: "waiting", until: Date.now() + delay });
    this.#retry = setTimeout(() => void this.#connect(), delay);
  }

  #news(): void {
    this.#stopListening();
    if (!this.#options.answersOnly) this.#listenForNews();
  }

  #listenForNews(): void {
    this.#silence = setTimeout(() => {
      this.#leave();
      this.#wait();
    }, this.#options.silence);
  }

  #stopListening(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  /** Lets go of the socket without waiting for its closing handshake, which a dead line never answers. */
  #leave(): void {
    this.#round += 1;
    clearTimeout(this.#retry);
    this.#stopListening();
    this.#socket?.close(ABANDONED);
    this.#socket = null;
  }
}
