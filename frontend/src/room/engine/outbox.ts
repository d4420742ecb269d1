// What is to reach the server and what is to survive here, of one exam session: first on this disk, then sent.
import type { AnswerValue, Numbered, Outgoing } from "./contract";
import { newKey, type OutboxRow, type RoomDatabase, seal, STRICT, type SittingRow, unseal } from "./store";

/** Sending such a message twice changes nothing: answers are compared by `client_seq`, flags are set, not toggled. */
export const REPEATABLE: ReadonlySet<string> = new Set(["answer", "status"]);

export class Outbox {
  readonly #db: RoomDatabase;
  readonly #key: CryptoKey;
  readonly session: number;

  private constructor(db: RoomDatabase, session: number, key: CryptoKey) {
    this.#db = db;
    this.session = session;
    this.#key = key;
  }

  /** The outbox of an exam session; its key is made with the first opening. Two tabs at once get the same key. */
  static async open(db: RoomDatabase, session: number, userId: number): Promise<Outbox> {
    const fresh = await newKey();
    const tx = db.transaction("sittings", "readwrite", STRICT);
    const known = await tx.store.get(session);
    const row: SittingRow = known ?? { session, userId, key: fresh, assigned: 0, clientSeq: 0 };
    if (!known) await tx.store.put(row);
    await tx.done;
    return new Outbox(db, session, row.key);
  }

  /** One that exists already, for a page without network; null where there is none. */
  static async reopen(db: RoomDatabase, session: number): Promise<Outbox | null> {
    const row = await db.get("sittings", session);
    return row ? new Outbox(db, session, row.key) : null;
  }

  /** Adds a message; when this is done it is on the disk. Throws QuotaExceededError where there is no room. */
  async put(message: Outgoing): Promise<void> {
    const sealed = await seal(this.#key, this.session, message);
    const tx = this.#db.transaction("outbox", "readwrite", STRICT);
    await tx.store.add({ session: this.session, seq: 0, type: message.type, sealed });
    await tx.done;
  }

  /** An answer: its count is higher than any this device gave before and, across devices, follows the server's time. */
  async putAnswer(questionId: number, value: AnswerValue, at: number, atLeast = Math.round(at)): Promise<number> {
    const clientSeq = await this.#nextClientSeq(atLeast);
    const message: Outgoing = { type: "answer", t: at, question_id: questionId, value, client_seq: clientSeq };
    const [sealed, kept] = await Promise.all([
      seal(this.#key, this.session, message),
      seal(this.#key, this.session, { value, clientSeq }),
    ]);
    const tx = this.#db.transaction(["outbox", "kept"], "readwrite", STRICT);
    await tx.objectStore("outbox").add({ session: this.session, seq: 0, type: "answer", sealed });
    await tx.objectStore("kept").put({ session: this.session, name: `answer:${questionId}`, sealed: kept });
    await tx.done;
    return clientSeq;
  }

  async #nextClientSeq(atLeast: number): Promise<number> {
    const tx = this.#db.transaction("sittings", "readwrite", STRICT);
    const row = await tx.store.get(this.session);
    if (!row) throw new Error("the exam session was wiped from this device");
    row.clientSeq = Math.max(row.clientSeq + 1, atLeast);
    await tx.store.put(row);
    await tx.done;
    return row.clientSeq;
  }

  /**
   * The server goes on at `resumeFrom`: everything that waits is numbered from there on, in the order it was made.
   * What had a lower number is with the server, or another device has used that number: what may be repeated is.
   */
  async resume(resumeFrom: number): Promise<void> {
    const tx = this.#db.transaction(["sittings", "outbox"], "readwrite", STRICT);
    const outbox = tx.objectStore("outbox");
    const [sitting, rows] = await Promise.all([
      tx.objectStore("sittings").get(this.session),
      outbox.index("bySession").getAll(this.session),
    ]);
    if (!sitting) return tx.abort();
    const elsewhere = resumeFrom > sitting.assigned + 1;
    let next = resumeFrom;
    const changes: Promise<unknown>[] = [];
    for (const row of rows as OutboxRow[]) {
      const known = row.seq > 0 && row.seq < resumeFrom;
      if (known && !elsewhere && !REPEATABLE.has(row.type)) {
        changes.push(outbox.delete(row.id));
      } else {
        changes.push(outbox.put({ ...row, seq: next }));
        next += 1;
      }
    }
    sitting.assigned = next - 1;
    changes.push(tx.objectStore("sittings").put(sitting));
    await Promise.all([...changes, tx.done]);
  }

  /** Numbers what is new and gives up to `most` messages from `from` on, in order. Only after `resume`. */
  async take(from: number, most: number): Promise<Numbered[]> {
    const tx = this.#db.transaction(["sittings", "outbox"], "readwrite", STRICT);
    const outbox = tx.objectStore("outbox");
    const [sitting, rows] = await Promise.all([
      tx.objectStore("sittings").get(this.session),
      outbox.index("bySession").getAll(this.session),
    ]);
    const changes: Promise<unknown>[] = [];
    if (sitting) {
      for (const row of rows as OutboxRow[]) {
        if (row.seq > 0) continue;
        sitting.assigned += 1;
        row.seq = sitting.assigned;
        changes.push(outbox.put(row));
      }
      if (changes.length > 0) changes.push(tx.objectStore("sittings").put(sitting));
    }
    await Promise.all([...changes, tx.done]);
    const wanted = (rows as OutboxRow[])
      .filter(({ seq }) => seq >= from)
      .toSorted((a, b) => a.seq - b.seq)
      .slice(0, most);
    return Promise.all(
      wanted.map(async ({ seq, sealed }) => Object.assign(await unseal<Outgoing>(this.#key, this.session, sealed), { seq })),
    );
  }

  /** Everything up to `upto` is committed at the server and needs no keeping here. */
  async acknowledged(upto: number): Promise<void> {
    const tx = this.#db.transaction("outbox", "readwrite", STRICT);
    const rows = (await tx.store.index("bySession").getAll(this.session)) as OutboxRow[];
    const sent = rows.filter(({ seq }) => seq > 0 && seq <= upto);
    await Promise.all([...sent.map(({ id }) => tx.store.delete(id)), tx.done]);
  }

  /** All messages, oldest first, as they lie here; needs no writing. */
  async rows(): Promise<{ id: number; seq: number; message: Outgoing }[]> {
    const rows = (await this.#db.getAllFromIndex("outbox", "bySession", this.session)) as OutboxRow[];
    return Promise.all(
      rows
        .toSorted((a, b) => a.id - b.id)
        .map(async ({ id, seq, sealed }) => ({ id, seq, message: await unseal<Outgoing>(this.#key, this.session, sealed) })),
    );
  }

  /** The highest number given so far. */
  async assigned(): Promise<number> {
    return (await this.#db.get("sittings", this.session))?.assigned ?? 0;
  }

  async remove(ids: readonly number[]): Promise<void> {
    const tx = this.#db.transaction("outbox", "readwrite", STRICT);
    await Promise.all([...ids.map((id) => tx.store.delete(id)), tx.done]);
  }

  /** How many messages are not with the server yet. */
  waiting(): Promise<number> {
    return this.#db.countFromIndex("outbox", "bySession", this.session);
  }

  /** Something else that must survive: the paper, the flags. */
  async keep(name: string, value: unknown): Promise<void> {
    const sealed = await seal(this.#key, this.session, value);
    const tx = this.#db.transaction("kept", "readwrite", STRICT);
    await tx.store.put({ session: this.session, name, sealed });
    await tx.done;
  }

  async kept<T>(name: string): Promise<T | null> {
    const row = await this.#db.get("kept", [this.session, name]);
    return row ? unseal<T>(this.#key, this.session, row.sealed) : null;
  }

  /** The newest answers given on this device. */
  async answers(): Promise<Map<number, { value: AnswerValue; clientSeq: number }>> {
    const rows = await this.#db.getAllFromIndex("kept", "bySession", this.session);
    const found = rows.filter(({ name }) => name.startsWith("answer:"));
    const opened = await Promise.all(
      found.map(async ({ name, sealed }) => {
        const answer = await unseal<{ value: AnswerValue; clientSeq: number }>(this.#key, this.session, sealed);
        return [Number(name.slice("answer:".length)), answer] as const;
      }),
    );
    return new Map(opened);
  }

  /** Removes everything of this exam session, key first: what a crash would leave behind cannot be read any more. */
  async wipe(): Promise<void> {
    await this.#db.delete("sittings", this.session);
    const tx = this.#db.transaction(["outbox", "kept"], "readwrite", STRICT);
    const [sent, kept] = await Promise.all([
      tx.objectStore("outbox").index("bySession").getAllKeys(this.session),
      tx.objectStore("kept").index("bySession").getAllKeys(this.session),
    ]);
    await Promise.all([
      ...sent.map((id) => tx.objectStore("outbox").delete(id)),
      ...kept.map((key) => tx.objectStore("kept").delete(key)),
      tx.done,
    ]);
  }
}
