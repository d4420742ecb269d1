// What the page keeps of its sitting: on the disk, and where the disk will not, in memory and in the Worker's hands.
import type { AnswerValue, Outgoing } from "./contract";
import type { Outbox } from "./outbox";
import type { Known } from "./sheet";
import { isQuotaError } from "./store";

export type StorageTrouble = "quota" | "failed";

type Told = {
  /** The disk has refused this message: the Worker holds it until the server has it. */
  spill: (message: Outgoing) => void;
  /** How the disk does: null when it takes things again. */
  onDisk: (trouble: StorageTrouble | null) => void;
};

/** Never throws for want of a disk: an exam goes on without one. */
export class Keeper {
  readonly #disk: Outbox | null;
  readonly #told: Told;
  readonly #kept = new Map<string, unknown>();
  readonly #answers = new Map<number, Known>();
  #clientSeq = 0;

  constructor(disk: Outbox | null, told: Told) {
    this.#disk = disk;
    this.#told = told;
  }

  async put(message: Outgoing): Promise<void> {
    if (!(await this.#onDisk((disk) => disk.put(message)))) this.#told.spill(message);
  }

  async putAnswer(questionId: number, value: AnswerValue, at: number): Promise<void> {
    // Higher than what the disk has counted, also when it stops counting in the middle.
    const clientSeq = Math.max(this.#clientSeq + 1, Math.round(at));
    this.#clientSeq = clientSeq;
    const write = async (disk: Outbox) => {
      this.#clientSeq = Math.max(this.#clientSeq, await disk.putAnswer(questionId, value, at, clientSeq));
    };
    if (await this.#onDisk(write)) {
      this.#answers.delete(questionId);
      return;
    }
    this.#answers.set(questionId, { value, clientSeq });
    this.#told.spill({ type: "answer", t: at, question_id: questionId, value, client_seq: clientSeq });
  }

  /** Something else that should survive: the paper, the flags, the place in it. */
  async keep(name: string, value: unknown): Promise<void> {
    if (await this.#onDisk((disk) => disk.keep(name, value))) this.#kept.delete(name);
    else this.#kept.set(name, value);
  }

  async kept<T>(name: string): Promise<T | null> {
    if (this.#kept.has(name)) return this.#kept.get(name) as T;
    return (await this.#disk?.kept<T>(name).catch(() => null)) ?? null;
  }

  /** The newest answers given on this device. */
  async answers(): Promise<Map<number, Known>> {
    const disk = (await this.#disk?.answers().catch(() => null)) ?? new Map<number, Known>();
    return new Map([...disk, ...this.#answers]);
  }

  /** How many messages lie on the disk and are not with the server yet. */
  async waiting(): Promise<number> {
    return (await this.#disk?.waiting().catch(() => 0)) ?? 0;
  }

  async #onDisk(write: (disk: Outbox) => Promise<unknown>): Promise<boolean> {
    if (!this.#disk) return false;
    try {
      await write(this.#disk);
      this.#told.onDisk(null);
      return true;
    } catch (error) {
      this.#told.onDisk(isQuotaError(error) ? "quota" : "failed");
      return false;
    }
  }
}
