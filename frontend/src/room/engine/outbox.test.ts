// @vitest-environment node
// Nothing that was put into the outbox is lost, whatever breaks in between; nothing readable stays behind.
import "fake-indexeddb/auto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Numbered } from "./contract";
import { Outbox } from "./outbox";
import { openRoomDatabase } from "./store";

let databases = 0;
const fresh = () => openRoomDatabase(`test-${(databases += 1)}`);

/** What the server promises: one number is stored once, in order; of an answer the highest count wins. */
class Server {
  stored: Numbered[] = [];
  answers = new Map<number, { value: unknown; clientSeq: number }>();

  get next(): number {
    return this.stored.length + 1;
  }

  hear(message: Numbered): void {
    if (message.seq !== this.next) return;
    this.stored.push(message);
    if (message.type !== "answer") return;
    const known = this.answers.get(message.question_id);
    if (known && known.clientSeq >= message.client_seq) return;
    this.answers.set(message.question_id, { value: message.value, clientSeq: message.client_seq });
  }
}

/** A connection that breaks after `heard` messages, of whose acknowledgement only those up to `acked` arrive. */
async function connect(server: Server, outbox: Outbox, heard: number, acked: number): Promise<void> {
  await outbox.resume(server.next);
  const first = server.next;
  const messages = await outbox.take(first, heard);
  for (const message of messages) server.hear(message);
  await outbox.acknowledged(Math.min(server.next - 1, first - 1 + acked));
}

describe("the outbox", () => {
  it("keeps order and numbers over a reload, and forgets what is acknowledged", async () => {
    const db = await fresh();
    const outbox = await Outbox.open(db, 7, 1);
    await outbox.putAnswer(1, "a", 1000);
    await outbox.put({ type: "chat", t: 1001, text: "hello" });
    await outbox.resume(5);
    const again = await Outbox.open(db, 7, 1);
    expect((await again.take(5, 10)).map(({ seq, type }) => [seq, type])).toEqual([
      [5, "answer"],
      [6, "chat"],
    ]);
    await again.acknowledged(5);
    expect(await again.waiting()).toBe(1);
    expect((await again.answers()).get(1)?.value).toBe("a");
  });

  it("holds nothing that can be read without its key, and nothing after it was wiped", async () => {
    const db = await fresh();
    const outbox = await Outbox.open(db, 7, 1);
    await outbox.putAnswer(1, "a secret word", 1000);
    await outbox.keep("paper", { title: "a secret word" });
    const row = (await db.getAll("outbox"))[0];
    expect(new TextDecoder().decode(row?.sealed.data)).not.toContain("secret");
    const key = (await db.get("sittings", 7))?.key;
    expect(key?.extractable).toBe(false);
    await outbox.wipe();
    expect([await db.count("sittings"), await db.count("outbox"), await db.count("kept")]).toEqual([0, 0, 0]);
    expect(await Outbox.reopen(db, 7)).toBeNull();
  });

  it("gives two tabs of one browser different numbers and the same key", async () => {
    const db = await fresh();
    const [one, two] = await Promise.all([Outbox.open(db, 7, 1), Outbox.open(db, 7, 1)]);
    await Promise.all([one.putAnswer(1, "x", 10), two.putAnswer(1, "y", 10), one.putAnswer(2, "z", 10)]);
    await one.resume(1);
    const messages = await two.take(1, 10);
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(new Set(messages.map((message) => message.type === "answer" && message.client_seq)).size).toBe(3);
  });

  const step = fc.oneof(
    fc.record({ do: fc.constant("type" as const), device: fc.nat(1), question: fc.nat(2), value: fc.string({ maxLength: 4 }) }),
    fc.record({ do: fc.constant("connect" as const), device: fc.nat(1), heard: fc.nat(6), acked: fc.nat(6) }),
    fc.record({ do: fc.constant("restart" as const), device: fc.nat(1) }),
  );

  it("loses no answer, with two devices, lost acknowledgements and crashes in any order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const server = new Server();
        const stores = [await fresh(), await fresh()];
        const devices = [await Outbox.open(stores[0]!, 7, 1), await Outbox.open(stores[1]!, 7, 1)];
        const last = new Map<number, { value: string; clientSeq: number }>();
        let at = 1_000;
        for (const one of steps) {
          at += 1;
          const device = devices[one.device]!;
          if (one.do === "type") {
            const clientSeq = await device.putAnswer(one.question, one.value, at);
            last.set(one.question, { value: one.value, clientSeq });
          } else if (one.do === "connect") {
            await connect(server, device, one.heard, one.acked);
          } else {
            devices[one.device] = await Outbox.open(stores[one.device]!, 7, 1);
          }
        }
        for (const device of devices) await connect(server, device, 1000, 1000);
        expect(await Promise.all(devices.map((device) => device.waiting()))).toEqual([0, 0]);
        expect(server.answers).toEqual(last);
      }),
      { numRuns: 60 },
    );
  });

  it("sends no event twice on one device, whatever acknowledgement was lost", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ add: fc.nat(3), heard: fc.nat(5), acked: fc.nat(5) }), { maxLength: 8 }), async (rounds) => {
        const server = new Server();
        const outbox = await Outbox.open(await fresh(), 7, 1);
        let made = 0;
        for (const { add, heard, acked } of rounds) {
          for (let i = 0; i < add; i += 1) await outbox.put({ type: "chat", t: 1, text: String((made += 1)) });
          await connect(server, outbox, heard, acked);
        }
        await connect(server, outbox, 1000, 1000);
        const texts = server.stored.map((message) => (message.type === "chat" ? message.text : ""));
        expect(texts).toEqual(Array.from({ length: made }, (_, i) => String(i + 1)));
      }),
      { numRuns: 40 },
    );
  });
});
