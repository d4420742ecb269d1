// After an exam: hands in what is still on this device, then wipes it; keeps a receipt that holds no answers.
import { sendLate, sitting as readSitting } from "./api";
import type { AnswerValue } from "./engine/contract";
import { handInLate } from "./engine/late";
import { Outbox } from "./engine/outbox";
import type { RoomDatabase } from "./engine/store";

export type Receipt = { at: string; answered: number; total: number; late: number; hash: string };
const nameOf = (session: number) => `proctor.receipt.${session}`;
const ENDED = new Set(["submitted", "terminated", "expired"]);

/** SHA-256 over questions and answers, in a fixed order: proves later what was on this device. */
export async function hashOf(answers: ReadonlyMap<number, { value: AnswerValue }>): Promise<string> {
  const listed = [...answers].toSorted(([a], [b]) => a - b).map(([id, { value }]) => [id, value]);
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(listed)));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function receiptOf(session: number): Receipt | null {
  try {
    return JSON.parse(localStorage.getItem(nameOf(session)) ?? "null") as Receipt | null;
  } catch {
    return null;
  }
}

export function keepReceiptOf(session: number, receipt: Receipt): void {
  try {
    localStorage.setItem(nameOf(session), JSON.stringify(receipt));
  } catch {
    // A browser that stores nothing: the server has the answers, and the page says so.
  }
}

/** Whether nothing of the exam session is left on this device that the server does not have. */
export async function settle(db: RoomDatabase, session: number): Promise<boolean> {
  const outbox = await Outbox.reopen(db, session);
  if (!outbox) return true;
  const late = await handInLate(outbox, sendLate);
  if ((await outbox.waiting()) > 0) return false;
  const known = receiptOf(session);
  const total = (await outbox.kept<number>("total")) ?? 0;
  const answers = await outbox.answers();
  const given = [...answers.values()].filter(({ value }) => value !== null);
  const receipt: Receipt = {
    at: known?.at ?? new Date().toISOString(),
    answered: known?.answered ?? given.length,
    total: known?.total ?? total,
    late: (known?.late ?? 0) + late,
    hash: known?.hash ?? (await hashOf(answers)),
  };
  keepReceiptOf(session, receipt);
  await outbox.wipe();
  return true;
}

/** Settles every exam session of this student that has ended. */
export async function settleAll(db: RoomDatabase, userId: number): Promise<void> {
  const mine = (await db.getAll("sittings")).filter((row) => row.userId === userId);
  for (const { session } of mine) {
    try {
      // One after the other: there is seldom more than one.
      // oxlint-disable-next-line no-await-in-loop
      const { state } = await readSitting(session);
      // oxlint-disable-next-line no-await-in-loop
      if (ENDED.has(state)) await settle(db, session);
    } catch {
      // The next visit tries again; nothing is lost meanwhile.
    }
  }
}
