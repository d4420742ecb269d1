// The answers on this page: changed at once, on the disk within two seconds, newest of device and server when opened.
import type { AnswerValue } from "./contract";

export type Writer = (questionId: number, value: AnswerValue) => Promise<void>;
export type Known = { value: AnswerValue; clientSeq: number };
export type SheetState = {
  answers: ReadonlyMap<number, AnswerValue>;
  flags: ReadonlySet<number>;
  /** Questions whose newest text is only in memory yet. */
  unsaved: ReadonlySet<number>;
};

/** After the last key press, and at most so long after the first one: below the two seconds that are promised. */
export const QUIET_MS = 700;
export const LONGEST_MS = 1_500;

export class Sheet {
  #state: SheetState;
  readonly #write: Writer;
  readonly #listeners = new Set<() => void>();
  readonly #timers = new Map<number, { quiet: ReturnType<typeof setTimeout>; latest: number }>();
  readonly #now: () => number;

  constructor(write: Writer, answers: Map<number, AnswerValue>, flags: Iterable<number>, now = () => performance.now()) {
    this.#write = write;
    this.#now = now;
    this.#state = { answers, flags: new Set(flags), unsaved: new Set() };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): SheetState => this.#state;

  change(questionId: number, value: AnswerValue): void {
    const answers = new Map(this.#state.answers).set(questionId, value);
    this.#set({ ...this.#state, answers, unsaved: new Set(this.#state.unsaved).add(questionId) });
    const waiting = this.#timers.get(questionId);
    const latest = waiting?.latest ?? this.#now() + LONGEST_MS;
    clearTimeout(waiting?.quiet);
    const quiet = setTimeout(() => void this.#save(questionId), Math.max(0, Math.min(QUIET_MS, latest - this.#now())));
    this.#timers.set(questionId, { quiet, latest });
  }

  /** Another tab or device had the exam meanwhile: its answers, except where something newer was typed here. */
  adopt(answers: ReadonlyMap<number, AnswerValue>, flags: Iterable<number>): void {
    const own = [...this.#state.unsaved].map((id) => [id, this.#state.answers.get(id) ?? null] as const);
    this.#set({ ...this.#state, answers: new Map([...answers, ...own]), flags: new Set(flags) });
  }

  setFlag(questionId: number, on: boolean): void {
    const flags = new Set(this.#state.flags);
    if (on) flags.add(questionId);
    else flags.delete(questionId);
    this.#set({ ...this.#state, flags });
  }

  /** Everything that is only in memory goes to the disk now: the page is about to be left, or the time is up. */
  async flush(): Promise<void> {
    await Promise.all([...this.#timers.keys()].map((id) => this.#save(id)));
  }

  async #save(questionId: number): Promise<void> {
    clearTimeout(this.#timers.get(questionId)?.quiet);
    this.#timers.delete(questionId);
    const value = this.#state.answers.get(questionId) ?? null;
    try {
      await this.#write(questionId, value);
      // Typed on meanwhile: that is still to be saved, and its timer runs.
      if (this.#timers.has(questionId)) return;
      const unsaved = new Set(this.#state.unsaved);
      unsaved.delete(questionId);
      this.#set({ ...this.#state, unsaved });
    } catch {
      // The writer has told why. The text stays in memory and is tried again.
      const quiet = setTimeout(() => void this.#save(questionId), 5_000);
      this.#timers.set(questionId, { quiet, latest: this.#now() + 5_000 });
    }
  }

  #set(state: SheetState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Of two knowings of one answer the one with the higher count; a server that does not know an answer takes nothing away. */
export function merged(
  server: readonly { question_id: number; value?: AnswerValue; client_seq: number }[],
  device: ReadonlyMap<number, Known>,
): Map<number, AnswerValue> {
  const answers = new Map(server.map((one) => [one.question_id, one.value ?? null]));
  const counts = new Map(server.map((one) => [one.question_id, one.client_seq]));
  for (const [id, known] of device) {
    if (known.clientSeq >= (counts.get(id) ?? 0)) answers.set(id, known.value);
  }
  return answers;
}
