// The Worker's supply of messages: the disk's, and where the disk takes nothing more, a list in memory in front of it.
import type { Numbered, Outgoing } from "./contract";
import type { Supply } from "./link";
import { type Outbox, REPEATABLE } from "./outbox";

/** `id`: where it lies on the disk; null where it is in memory only. `seq` 0: not numbered yet. */
type Row = { id: number | null; seq: number; message: Outgoing };

/**
 * A full disk still reads and deletes, but numbers can no longer be written beside the messages: they are then given in
 * memory, and what lies on the disk is sent from there all the same. After a crash in that state a message other than
 * an answer or a flag may reach the server twice; nothing acknowledged is lost.
 */
export class Spill implements Supply {
  readonly #disk: Outbox | null;
  /** Null as long as the disk does all the work. */
  #rows: Row[] | null = null;
  #assigned = 0;

  constructor(disk: Outbox | null) {
    this.#disk = disk;
    if (!disk) this.#rows = [];
  }

  /** What the disk has refused. */
  async add(message: Outgoing): Promise<void> {
    await this.#intoMemory();
    this.#rows?.push({ id: null, seq: 0, message });
  }

  async resume(from: number): Promise<void> {
    if (this.#disk && !this.#rows) {
      try {
        return await this.#disk.resume(from);
      } catch {
        await this.#intoMemory();
      }
    }
    await this.#adopt();
    const elsewhere = from > this.#assigned + 1;
    const had = (row: Row) => row.seq > 0 && row.seq < from && !elsewhere && !REPEATABLE.has(row.message.type);
    const rows = this.#rows ?? [];
    this.#drop(rows.filter(had));
    this.#assigned = from - 1;
    for (const row of this.#rows ?? []) row.seq = this.#number();
  }

  async take(from: number, most: number): Promise<Numbered[]> {
    if (this.#disk && !this.#rows) {
      try {
        return await this.#disk.take(from, most);
      } catch {
        await this.#intoMemory();
      }
    }
    await this.#adopt();
    for (const row of this.#rows ?? []) if (row.seq === 0) row.seq = this.#number();
    return (this.#rows ?? [])
      .filter(({ seq }) => seq >= from)
      .toSorted((a, b) => a.seq - b.seq)
      .slice(0, most)
      .map(({ seq, message }) => Object.assign({}, message, { seq }));
  }

  async acknowledged(upto: number): Promise<void> {
    if (this.#rows) this.#drop(this.#rows.filter(({ seq }) => seq > 0 && seq <= upto));
    else await this.#disk?.acknowledged(upto);
  }

  async waiting(): Promise<number> {
    if (!this.#rows) return (await this.#disk?.waiting()) ?? 0;
    await this.#adopt();
    return this.#rows.length;
  }

  /** What is in memory only: it goes by another way when the line is closed for good. */
  rest(): Outgoing[] {
    return (this.#rows ?? []).filter(({ id }) => id === null).map(({ message }) => message);
  }

  #number(): number {
    this.#assigned += 1;
    return this.#assigned;
  }

  async #intoMemory(): Promise<void> {
    if (this.#rows) return;
    this.#rows = [];
    this.#assigned = (await this.#disk?.assigned().catch(() => 0)) ?? 0;
    await this.#adopt();
  }

  /** What the page has put on the disk meanwhile. A disk that cannot even be read has nothing to give. */
  async #adopt(): Promise<void> {
    const found = (await this.#disk?.rows().catch(() => [])) ?? [];
    const rows = (this.#rows ??= []);
    const known = new Set(rows.map(({ id }) => id));
    for (const row of found) {
      if (known.has(row.id)) continue;
      rows.push(row);
      this.#assigned = Math.max(this.#assigned, row.seq);
    }
  }

  #drop(gone: Row[]): void {
    const ids = gone.flatMap(({ id }) => (id === null ? [] : [id]));
    this.#rows = (this.#rows ?? []).filter((row) => !gone.includes(row));
    // Deleting needs no room; where it fails all the same, a repeat is acknowledged again and stored once.
    if (ids.length > 0) void this.#disk?.remove(ids).catch(() => undefined);
  }
}
