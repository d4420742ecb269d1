// After the end: what could not be sent before goes over HTTP, in order, until nothing waits.
import type { Numbered, Outgoing } from "./contract";
import type { Outbox } from "./outbox";

const BATCH = 200;

export type SendLate = (session: number, messages: Numbered[]) => Promise<{ upto: number; late: number }>;

/** Returns how many answers were taken late. Throws what `send` throws; nothing is lost then. */
export async function handInLate(outbox: Outbox, send: SendLate): Promise<number> {
  if ((await outbox.waiting()) === 0) return 0;
  let { upto } = await send(outbox.session, []);
  await outbox.resume(upto + 1);
  let late = 0;
  for (;;) {
    // One after the other: each batch goes on where the server has come to.
    // oxlint-disable-next-line no-await-in-loop
    const messages = await outbox.take(upto + 1, BATCH);
    if (messages.length === 0) return late;
    // oxlint-disable-next-line no-await-in-loop
    const taken = await send(outbox.session, messages);
    if (taken.upto <= upto) throw new Error("the server takes no more");
    ({ upto } = taken);
    late += taken.late;
    // oxlint-disable-next-line no-await-in-loop
    await outbox.acknowledged(upto);
  }
}

/** What no disk would hold and only memory has; nothing of it is anywhere else. */
export async function handInRest(session: number, rest: Outgoing[], send: SendLate): Promise<void> {
  if (rest.length === 0) return;
  const { upto } = await send(session, []);
  const numbered = rest.map((message, at) => ({ ...message, seq: upto + 1 + at }));
  for (let from = 0; from < numbered.length; from += BATCH) {
    // oxlint-disable-next-line no-await-in-loop
    await send(session, numbered.slice(from, from + BATCH));
  }
}
