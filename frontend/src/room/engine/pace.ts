// How often and how finely pictures go out: the ladder normal, low, stills, chosen by what the line really carries.
import type { Limits } from "./contract";

export const MODES = ["normal", "low", "stills"] as const;
export type Mode = (typeof MODES)[number];
/** `auto`: the measured line decides; a student who pays by the megabyte may hold it lower. */
export type Ceiling = Mode;

export type Shape = {
  width: number;
  height: number;
  quality: number;
  everyMs: number;
  /** Most bytes a picture should have; 0: as the server allows. */
  bytes: number;
  /** Bits per second of sound, on average; Infinity: all that is heard. */
  soundBits: number;
  soundRate: 8_000 | 16_000;
};

/** A picture that takes longer from sending to judgement than this has waited behind others. */
const TOO_LONG_MS = 2_500;
const SHORT_MS = 900;
const GOOD_IN_A_ROW = 4;
const FIRST_REST_MS = 20_000;
const LONGEST_REST_MS = 300_000;

export class Pace {
  #limits: Limits;
  #mode: Mode = "low";
  #ceiling: Ceiling = "normal";
  #slowFps = Infinity;
  #slowUntil = 0;
  #good = 0;
  #restUntil = 0;
  #rest = FIRST_REST_MS;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get mode(): Mode {
    return this.#mode;
  }

  set limits(limits: Limits) {
    this.#limits = limits;
  }

  hold(ceiling: Ceiling): void {
    this.#ceiling = ceiling;
    if (MODES.indexOf(this.#mode) < MODES.indexOf(ceiling)) this.#mode = ceiling;
    this.#good = 0;
  }

  /** The server asks for fewer pictures; after a minute the usual rate is tried again. */
  slow(maxFps: number, now: number): void {
    this.#slowFps = maxFps;
    this.#slowUntil = now + 60_000;
  }

  shape(now: number): Shape {
    const asked = now < this.#slowUntil ? Math.min(this.#slowFps, this.#limits.max_fps) : this.#limits.max_fps;
    const shapes: Record<Mode, Shape> = {
      normal: {
        width: this.#limits.width,
        height: this.#limits.height,
        quality: this.#limits.quality,
        everyMs: 1000 / Math.min(asked, 2),
        bytes: Math.min(60_000, this.#limits.max_bytes),
        soundBits: Infinity,
        soundRate: 16_000,
      },
      low: {
        width: 320,
        height: 240,
        quality: 0.5,
        everyMs: Math.max(2000, 1000 / asked),
        bytes: 9_000,
        soundBits: 8_000,
        soundRate: 8_000,
      },
      stills: {
        width: 320,
        height: 240,
        quality: 0.4,
        everyMs: Math.max(5000, 1000 / asked),
        bytes: 7_500,
        soundBits: 0,
        soundRate: 8_000,
      },
    };
    return shapes[this.#mode];
  }

  /** A picture was judged `tookMs` after it was sent; `backlog` bytes still wait in the socket. */
  judged(tookMs: number, backlog: number, now: number): void {
    if (tookMs > TOO_LONG_MS || backlog > 128 * 1024) {
      this.stalled(now);
    } else if (tookMs < SHORT_MS) {
      this.#good += 1;
      if (this.#good >= GOOD_IN_A_ROW && now >= this.#restUntil) this.#up();
    } else {
      this.#good = 0;
    }
  }

  /** The line does not carry what we send: one step down, and a while until the next try up. */
  stalled(now: number): void {
    this.#good = 0;
    const at = MODES.indexOf(this.#mode);
    if (at < MODES.length - 1) this.#mode = MODES[at + 1] ?? "stills";
    this.#restUntil = now + this.#rest;
    this.#rest = Math.min(this.#rest * 2, LONGEST_REST_MS);
  }

  #up(): void {
    this.#good = 0;
    const at = MODES.indexOf(this.#mode);
    if (at > MODES.indexOf(this.#ceiling)) this.#mode = MODES[at - 1] ?? "normal";
  }
}

/** The quality for the next picture, from what the last one at `quality` weighed. */
export function nextQuality(quality: number, weighed: number, shape: Shape): number {
  if (weighed > shape.bytes) return Math.max(0.15, quality * Math.max(0.5, Math.sqrt(shape.bytes / weighed)));
  if (weighed < 0.7 * shape.bytes) return Math.min(shape.quality, quality * 1.1);
  return quality;
}

/** Lets bits through at an average rate: what is saved up is one chunk at most. */
export class BitBucket {
  #bits = 0;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  take(bits: number, perSecond: number, now: number): boolean {
    if (perSecond === Infinity) return true;
    this.#bits = Math.min(bits, this.#bits + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (perSecond <= 0 || this.#bits < bits) return false;
    this.#bits = 0;
    return true;
  }
}
