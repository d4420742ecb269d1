// One student's line to the server: resumes after each break, and sends what is numbered in order.
import { type LineStatus, ReturningSocket } from "@/lib/returningSocket";
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
/** How often it looks whether more may be sent by now. */
const LOOK_MS = 2_000;
/** Below the server's burst and rate for text messages, with room for heartbeats. */
const WINDOW = 100;
const PER_SECOND = 12;
const ENDS: Record<number, LinkEnd> = { [CLOSE.replaced]: "replaced", [CLOSE.ended]: "ended", [CLOSE.token]: "signed_out" };
const OURS: readonly string[] = Object.values(ENDS);

export class Link {
  readonly #options: LinkOptions;
  readonly #now: () => number;
  readonly #line: ReturningSocket;
  #live = false;
  /** Counts breaks: what was begun before one does not go on after it. */
  #round = 0;
  /** The next number to send on this connection. */
  #next = 0;
  #acked = 0;
  #budget = WINDOW;
  #budgetAt = 0;
  #pumping = false;
  #again = false;
  readonly #looking: ReturnType<typeof setInterval>;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#looking = setInterval(() => this.pump(), LOOK_MS);
    this.#line = new ReturningSocket({
      address: options.address,
      getTicket: options.getTicket,
      refusal: (error) => (error instanceof TicketRefused ? error.why : null),
      reasons: ENDS,
      silence: SILENCE_MS,
      answersOnly: true,
      protocol: PROTOCOL,
      makeSocket: (address, protocol = "") => options.makeSocket?.(address, protocol) ?? new WebSocket(address, protocol),
      onData: (data) => {
        if (typeof data === "string") void this.#hear(JSON.parse(data) as ServerMessage, this.#round);
      },
      onStatus: (status) => this.#changed(status),
    });
  }

  get live(): boolean {
    return this.#live;
  }

  get backlog(): number {
    return this.#line.backlog;
  }

  /** Whether everything numbered that was sent has been acknowledged. */
  get settled(): boolean {
    return this.#live && this.#acked + 1 >= this.#next && !this.#pumping;
  }

  close(): void {
    clearInterval(this.#looking);
    this.#round += 1;
    this.#live = false;
    this.#line.close();
  }

  /** Ends the waiting: the device is online again, somebody signed in, or takes over. */
  retryNow(): void {
    this.#line.retryNow();
  }

  /** There is something new in the outbox. */
  pump(): void {
    if (this.#pumping) this.#again = true;
    else if (this.#live) void this.#send();
  }

  /** An unnumbered word; lost where nobody hears it. */
  say(message: object): void {
    if (this.#live) this.#line.send(JSON.stringify(message));
  }

  /** A picture or a sound; lost where nobody hears it. `answered`: the server says what became of it. */
  sendBinary(packed: ArrayBuffer, answered: boolean): boolean {
    if (!this.#live || !this.#line.send(packed)) return false;
    if (answered) this.#line.expectAnswer();
    return true;
  }

  /** Whatever the line says but that it stands, it does not: nothing goes on that was begun on it. */
  #changed(status: LineStatus): void {
    this.#live = status.phase === "live";
    if (!this.#live) this.#round += 1;
    if (status.phase !== "failed") this.#options.onStatus(status);
    else this.#options.onStatus({ phase: "over", why: OURS.includes(status.code) ? (status.code as LinkEnd) : "refused" });
  }

  async #hear(message: ServerMessage, round: number): Promise<void> {
    if (message.type === "hello") {
      await this.#greeted(message, round);
    } else if (message.type === "ack") {
      this.#acked = Math.max(this.#acked, message.upto);
      await this.#options.supply.acknowledged(message.upto);
      if (round === this.#round) {
        if (!this.settled) this.#line.expectAnswer();
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
    this.#line.established();
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
          this.#line.send(JSON.stringify(message));
          this.#next = message.seq + 1;
        }
        this.#budget -= messages.length;
        if (messages.length > 0) this.#line.expectAnswer();
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
}
