// The line: resumes where the server says, sends in order, asks again only after what may pass, never after 4409.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Numbered, ServerMessage } from "./contract";
import { Link, type LinkStatus, SILENCE_MS, TicketRefused } from "./link";

class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];
  sent: unknown[] = [];
  bufferedAmount = 0;
  readyState = WebSocket.OPEN;
  binaryType = "";
  constructor(readonly address: string) {
    super();
    FakeSocket.all.push(this);
  }
  send(data: unknown): void {
    this.sent.push(typeof data === "string" ? JSON.parse(data) : data);
  }
  close(): void {}
  hear(message: object): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }
  end(code: number): void {
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0);

function begin(tickets: () => Promise<string> = () => Promise.resolve("t")) {
  const queue: Numbered[] = [];
  const resumed: number[] = [];
  const statuses: LinkStatus[] = [];
  const messages: ServerMessage[] = [];
  const link = new Link({
    address: (ticket) => `ws://x/?token=${ticket}`,
    getTicket: tickets,
    supply: {
      resume: async (from) => void resumed.push(from),
      take: async (from, most) => queue.filter(({ seq }) => seq >= from).slice(0, most),
      acknowledged: async (upto) => void queue.splice(0, queue.findLastIndex(({ seq }) => seq <= upto) + 1),
    },
    onMessage: (message) => messages.push(message),
    onStatus: (status) => statuses.push(status),
    makeSocket: (address) => new FakeSocket(address) as unknown as WebSocket,
    now: () => Date.now(),
  });
  const put = (seq: number) => queue.push({ seq, type: "chat", t: 0, text: String(seq) });
  return { link, put, resumed, statuses, messages, socket: () => FakeSocket.all.at(-1)! };
}

const hello = (resume_from: number) => ({
  type: "hello",
  resume_from,
  server_time: "2026-01-01T00:00:00Z",
  limits: { max_fps: 2, max_bytes: 1, width: 1, height: 1, quality: 1 },
});

describe("Link", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
  });
  afterEach(() => void vi.useRealTimers());

  it("sends nothing before the server's hello, then everything from where it says", async () => {
    const { put, socket, resumed, link } = begin();
    put(4);
    put(5);
    await settle();
    link.pump();
    expect(socket().sent).toEqual([]);
    socket().hear(hello(4));
    await settle();
    expect(resumed).toEqual([4]);
    expect(socket().sent.map((one) => (one as Numbered).seq)).toEqual([4, 5]);
    expect(link.settled).toBe(false);
    socket().hear({ type: "ack", upto: 5 });
    await settle();
    expect(link.settled).toBe(true);
    link.close();
  });

  it.each([1006, 1011, 1012, 1013, 4408])("comes back after %i, with a new ticket", async (code) => {
    let tickets = 0;
    const { socket, statuses, link } = begin(() => Promise.resolve(String((tickets += 1))));
    await settle();
    socket().end(code);
    expect(statuses.at(-1)?.phase).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.all.map(({ address }) => address)).toEqual(["ws://x/?token=1", "ws://x/?token=2"]);
    link.close();
  });

  it.each([
    [4409, "replaced"],
    [4410, "ended"],
    [4401, "signed_out"],
    [4403, "refused"],
    [4429, "refused"],
  ])("stays away after %i", async (code, why) => {
    const { socket, statuses, link } = begin();
    await settle();
    socket().end(code);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(statuses.at(-1)).toEqual({ phase: "over", why });
    expect(FakeSocket.all).toHaveLength(1);
    link.retryNow();
    await settle();
    expect(FakeSocket.all).toHaveLength(2);
    link.close();
  });

  it("gives up a line that owes an answer for too long, not one on which nothing was said", async () => {
    const { put, socket, link } = begin();
    await settle();
    socket().hear(hello(1));
    await settle();
    await vi.advanceTimersByTimeAsync(10 * SILENCE_MS);
    expect(FakeSocket.all).toHaveLength(1);
    put(1);
    link.pump();
    await vi.advanceTimersByTimeAsync(SILENCE_MS + 5_000);
    expect(FakeSocket.all).toHaveLength(2);
    link.close();
  });

  it("keeps within the server's rate when a full outbox comes back", async () => {
    const { put, socket, link } = begin();
    for (let seq = 1; seq <= 400; seq += 1) put(seq);
    await settle();
    socket().hear(hello(1));
    await settle();
    expect(socket().sent).toHaveLength(100);
    let upto = 0;
    for (let second = 0; second < 40; second += 1) {
      upto = (socket().sent.at(-1) as Numbered).seq;
      socket().hear({ type: "ack", upto });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(socket().sent.map((one) => (one as Numbered).seq)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
    link.close();
  });

  it("repeats from the gap that the server names", async () => {
    const { put, socket, link } = begin();
    put(1);
    put(2);
    await settle();
    socket().hear(hello(1));
    await settle();
    socket().hear({ type: "error", code: "seq_gap", params: { expected: 2, got: 3 } });
    await settle();
    expect(socket().sent.map((one) => (one as Numbered).seq)).toEqual([1, 2, 2]);
    link.close();
  });

  it("tries again when no ticket comes, and stops where none will", async () => {
    let calls = 0;
    const { statuses, link } = begin(() => {
      calls += 1;
      return Promise.reject(calls < 3 ? new Error("network") : new TicketRefused("signed_out"));
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toBe(3);
    expect(statuses.at(-1)).toEqual({ phase: "over", why: "signed_out" });
    link.close();
  });
});
