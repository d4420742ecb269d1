// One student's line to the server: connects, resumes, sends what is numbered in order, and comes back after a break.
import { retryDelay } from "@/lib/backoff";
import { isRetryable } from "@/lib/returningSocket";
import { CLOSE, type Hello, type Numbered, PROTOCOL, type ServerMessage } from "./contract";

export type LinkStatus =
  | { phase: "connecting" }
  | { phase: "live" }
  /** Trying again at `until` (ms, this device's clock). */
  | { phase: "waiting"; until: number }
  /** It will not come back by itself. */
  | { phase: "over"; why: LinkEnd };
export type LinkEnd = "replaced" | "ended" | "signed_out" | "refused";

/** What the line needs of the outbox. */
export type Supply = {
  resume: (from: number) => Promise<void>;
  take: (from: number, most: number) => Promise<Numbered[]>;
  acknowledged: (upto: number) => Promise<void>;
};

/** Why no ticket came: worth another try, or not. */
export class TicketRefused extends Error {
  readonly why: LinkEnd;
  constructor(why: LinkEnd) {
    super(why);
    this.why = why;
  }
}

export type LinkOptions = {
  address: (ticket: string) => string;
  /** A one-use ticket. Throws TicketRefused, or anything else for "try again". */
  getTicket: () => Promise<string>;
  supply: Supply;
  onMessage: (message: ServerMessage) => void;
  onStatus: (status: LinkStatus) => void;
  makeSocket?: (address: string, protocol: string) => WebSocket;
  now?: () => number;
};

/** Something is unanswered for so long: the line is dead, whatever TCP believes. */
export const SILENCE_MS = 15_000;
/** Nothing was said in either direction, so nothing is known; the next word finds out. */
const CHECK_MS = 2_000;
/** Below the server's burst and rate for text messages, with room for heartbeats. */
const WINDOW = 100;
const PER_SECOND = 12;
const ABANDONED = 4000;

export class Link {
  readonly #options: LinkOptions;
  readonly #now: () => number;
  #socket: WebSocket | null = null;
  #live = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #round = 0;
  #closed = false;
  /** The next number to send on this connection. */
  #next = 0;
  #acked = 0;
  #budget = WINDOW;
  #budgetAt = 0;
  #pumping = false;
  #again = false;
  /** Since when an answer of the server has been due, and when it was heard last. */
  #dueSince: number | null = null;
  readonly #watch: ReturnType<typeof setInterval>;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#watch = setInterval(() => this.#check(), CHECK_MS);
    void this.#connect();
  }

  get live(): boolean {
    return this.#live;
  }

  /** Bytes that wait in the socket. */
  get backlog(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Whether everything numbered that was sent has been acknowledged. */
  get settled(): boolean {
    return this.#live && this.#acked + 1 >= this.#next && !this.#pumping;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    this.#leave();
  }

  /** Ends the waiting: the device is online again, somebody signed in, or takes over. */
  retryNow(): void {
    if (this.#closed || this.#socket) return;
    this.#leave();
    this.#attempt = 0;
    void this.#connect();
  }

  /** There is something new in the outbox. */
  pump(): void {
    if (this.#pumping) this.#again = true;
    else if (this.#live) void this.#send();
  }

  /** An unnumbered word; lost where nobody hears it. */
  say(message: object): void {
    if (this.#live) this.#socket?.send(JSON.stringify(message));
  }

  /** A picture or a sound; lost where nobody hears it. `answered`: the server says what became of it. */
  sendBinary(packed: ArrayBuffer, answered: boolean): boolean {
    if (!this.#live || !this.#socket) return false;
    this.#socket.send(packed);
    if (answered) this.#dueSince ??= this.#now();
    return true;
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
      if (error instanceof TicketRefused) this.#over(error.why);
      else this.#wait();
    }
  }

  #listen(ticket: string, round: number): void {
    const address = this.#options.address(ticket);
    const socket = this.#options.makeSocket?.(address, PROTOCOL) ?? new WebSocket(address, PROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#dueSince = this.#now();
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (round === this.#round && typeof data === "string") void this.#hear(JSON.parse(data) as ServerMessage, round);
    });
    socket.addEventListener("close", ({ code }: CloseEvent) => {
      if (round === this.#round) this.#ended(code);
    });
  }

  async #hear(message: ServerMessage, round: number): Promise<void> {
    this.#dueSince = null;
    if (message.type === "hello") {
      await this.#greeted(message, round);
    } else if (message.type === "ack") {
      this.#acked = Math.max(this.#acked, message.upto);
      await this.#options.supply.acknowledged(message.upto);
      if (round === this.#round) {
        if (!this.settled) this.#dueSince = this.#now();
        this.#options.onMessage(message);
        this.pump();
      }
      return;
    } else if (message.type === "error" && message.code === "seq_gap") {
      this.#next = Number(message.params["expected"] ?? this.#acked + 1);
      this.pump();
    }
    if (round === this.#round) this.#options.onMessage(message);
  }

  async #greeted(hello: Hello, round: number): Promise<void> {
    await this.#options.supply.resume(hello.resume_from);
    if (round !== this.#round) return;
    this.#next = hello.resume_from;
    this.#acked = hello.resume_from - 1;
    this.#budget = WINDOW;
    this.#budgetAt = this.#now();
    this.#attempt = 0;
    this.#live = true;
    this.#options.onStatus({ phase: "live" });
    this.pump();
  }

  async #send(): Promise<void> {
    this.#pumping = true;
    const round = this.#round;
    try {
      do {
        this.#again = false;
        const room = Math.min(this.#allowance(), WINDOW - (this.#next - this.#acked - 1));
        if (room < 1) break;
        // One after the other: what is sent must be in order.
        // oxlint-disable-next-line no-await-in-loop
        const messages = await this.#options.supply.take(this.#next, room);
        if (round !== this.#round || !this.#live) return;
        for (const message of messages) {
          this.#socket?.send(JSON.stringify(message));
          this.#next = message.seq + 1;
        }
        this.#budget -= messages.length;
        if (messages.length > 0) this.#dueSince ??= this.#now();
        if (messages.length === room) this.#again = true;
      } while (this.#again);
    } finally {
      this.#pumping = false;
    }
  }

  #allowance(): number {
    const now = this.#now();
    this.#budget = Math.min(WINDOW, this.#budget + ((now - this.#budgetAt) / 1000) * PER_SECOND);
    this.#budgetAt = now;
    return Math.floor(this.#budget);
  }

  #check(): void {
    if (this.#socket && this.#dueSince !== null && this.#now() - this.#dueSince > SILENCE_MS) {
      this.#leave();
      this.#wait();
    } else {
      this.pump();
    }
  }

  #ended(code: number): void {
    this.#socket = null;
    this.#live = false;
    if (isRetryable(code)) this.#wait();
    else if (code === CLOSE.replaced) this.#over("replaced");
    else if (code === CLOSE.ended) this.#over("ended");
    else this.#over(code === CLOSE.token ? "signed_out" : "refused");
  }

  #over(why: LinkEnd): void {
    this.#leave();
    this.#options.onStatus({ phase: "over", why });
  }

  #wait(): void {
    const delay = retryDelay(this.#attempt);
    this.#attempt += 1;
    this.#options.onStatus({ phase: "waiting", until: Date.now() + delay });
    this.#retry = setTimeout(() => void this.#connect(), delay);
  }

  /** Lets go of the socket without waiting for its closing handshake, which a dead line never answers. */
  #leave(): void {
    this.#round += 1;
    this.#live = false;
    clearTimeout(this.#retry);
    this.#socket?.close(ABANDONED);
    this.#socket = null;
  }
}
