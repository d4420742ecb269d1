// The server's time on this device: from what it says, never from the device's own date, which may be wrong.

export type Ticks = () => number;

/** Counts from the server's last word on, by a clock that nobody can set. */
export class ServerClock {
  readonly #ticks: Ticks;
  #serverAt: number;
  #ticksAt: number;
  #uncertainty = Infinity;

  constructor(ticks: Ticks = () => performance.now(), deviceNow: number = Date.now()) {
    this.#ticks = ticks;
    this.#serverAt = deviceNow;
    this.#ticksAt = ticks();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#serverAt + (this.#ticks() - this.#ticksAt);
  }

  /** Whether the server has told its time yet. */
  get known(): boolean {
    return this.#uncertainty < Infinity;
  }

  /**
   * The server said `serverTime` in an answer that took `roundTrip` ms. A worse measurement than the last one is
   * believed only where the two cannot both be right: the device has slept, or its ticks drift.
   */
  told(serverTime: number, roundTrip: number): void {
    const estimate = serverTime + roundTrip / 2;
    const contradicts = Math.abs(estimate - this.now()) > this.#uncertainty + roundTrip / 2 + 250;
    if (roundTrip / 2 > this.#uncertainty && !contradicts) return;
    this.#serverAt = estimate;
    this.#ticksAt = this.#ticks();
    this.#uncertainty = roundTrip / 2;
  }
}
