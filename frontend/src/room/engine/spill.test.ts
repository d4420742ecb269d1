// A disk that refuses in the middle, or from the beginning: every message goes out once, in order.
import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import type { Outgoing } from "./contract";
import { Outbox } from "./outbox";
import { Spill } from "./spill";
import { openRoomDatabase, type RoomDatabase } from "./store";

let databases = 0;
const chat = (text: string): Outgoing => ({ type: "chat", t: 1, text });
const said = (messages: { seq: number }[]) => messages.map((one) => [one.seq, "text" in one ? one.text : ""]);

/** Reads and deletes as a full disk does; numbers cannot be written any more. */
function full(db: RoomDatabase): RoomDatabase {
  return new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== "transaction") return typeof value === "function" ? value.bind(target) : value;
      return (stores: string | string[], mode?: IDBTransactionMode) => {
        if (mode === "readwrite" && Array.isArray(stores)) throw new DOMException("no room", "QuotaExceededError");
        return target.transaction(stores as "outbox", mode);
      };
    },
  });
}

test("without a disk messages are numbered in memory and forgotten when acknowledged", async () => {
  const spill = new Spill(null);
  await spill.add(chat("a"));
  await spill.resume(4);
  await spill.add(chat("b"));
  expect(said(await spill.take(4, 9))).toEqual([[4, "a"], [5, "b"]]);
  await spill.acknowledged(4);
  expect(await spill.waiting()).toBe(1);
  expect(spill.rest()).toEqual([chat("b")]);
  // A new line: what the server has is not said again, the rest is.
  await spill.resume(6);
  expect(await spill.take(6, 9)).toEqual([]);
});

test("a disk that is full from now on is read, and what it refused comes behind it", async () => {
  databases += 1;
  const db = await openRoomDatabase(`spill-${databases}`);
  const outbox = await Outbox.open(db, 1, 1);
  await outbox.put(chat("on the disk"));
  const spill = new Spill(await Outbox.open(full(db), 1, 1));
  await spill.add(chat("refused"));
  await spill.resume(1);
  expect(said(await spill.take(1, 9))).toEqual([[1, "on the disk"], [2, "refused"]]);
  await outbox.put(chat("on the disk again"));
  expect(said(await spill.take(3, 9))).toEqual([[3, "on the disk again"]]);
  await spill.acknowledged(3);
  expect(await spill.waiting()).toBe(0);
  await expect.poll(() => outbox.waiting()).toBe(0);
});
