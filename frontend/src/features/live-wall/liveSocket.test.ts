// The teachers' socket: what it comes back from, what it gives up on, and that a new snapshot ends the waiting.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import { isRetryable } from "@/lib/returningSocket";
import { type LiveStatus, openLiveSocket, SILENCE_MS } from "./liveSocket";
import { type LiveMessage, parseThumbnail, type Thumbnail } from "./messages";

/** A socket whose server is the test. */
class ScriptedSocket extends EventTarget {
  binaryType = "blob";
  closedWith: number | null = null;
  readonly address: string;
  constructor(address: string) {
    super();
    this.address = address;
  }
  close(code: number): void {
    this.closedWith = code;
  }
  says(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
  ends(code: number): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

const SNAPSHOT: LiveMessage = {
  type: "snapshot",
  exam: { id: 1, title: "Physics", start_time: "", end_time: "" },
  server_time: "2026-11-23T10:00:00Z",
  sessions: [],
};

function start(getTicket: () => Promise<string>) {
  const sockets: ScriptedSocket[] = [];
  const statuses: LiveStatus[] = [];
  const messages: LiveMessage[] = [];
  const thumbnails: Thumbnail[] = [];
  const live = openLiveSocket({
    address: (ticket) => `ws://server/live?token=${ticket}`,
    getTicket,
    onMessage: (message) => messages.push(message),
    onThumbnail: (thumbnail) => thumbnails.push(thumbnail),
    onStatus: (status) => statuses.push(status),
    makeSocket: (address) => {
      const socket = new ScriptedSocket(address);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  const phase = () => statuses.at(-1)?.phase;
  return { live, sockets, statuses, messages, thumbnails, phase };
}

describe("openLiveSocket", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("fetches a fresh ticket for every attempt and is live with the snapshot", async () => {
    let tickets = 0;
    const page = start(async () => String(++tickets));
    await vi.advanceTimersByTimeAsync(0);
    page.sockets[0]?.says(JSON.stringify(SNAPSHOT));
    expect(page.phase()).toBe("live");
    page.sockets[0]?.ends(1012);
    expect(page.phase()).toBe("waiting");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(page.sockets.map((one) => one.address)).toEqual(["ws://server/live?token=1", "ws://server/live?token=2"]);
    page.sockets[1]?.says(JSON.stringify(SNAPSHOT));
    expect(page.messages).toHaveLength(2);
  });

  it("gives up on refusals and says why", async () => {
    const page = start(async () => "t");
    await vi.advanceTimersByTimeAsync(0);
    page.sockets[0]?.ends(4403);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(page.sockets).toHaveLength(1);
    expect(page.statuses.at(-1)).toEqual({ phase: "failed", code: "not_found" });
  });

  it("waits out a server that gives no ticket, but not a refusal", async () => {
    const away = start(() => Promise.reject(new Problem("network", { status: 0 })));
    await vi.advanceTimersByTimeAsync(0);
    expect(away.phase()).toBe("waiting");
    const refused = start(() => Promise.reject(new Problem("not_found", { status: 404 })));
    await vi.advanceTimersByTimeAsync(0);
    expect(refused.statuses.at(-1)).toEqual({ phase: "failed", code: "not_found" });
    away.live.close();
  });

  it("leaves a silent line", async () => {
    const page = start(async () => "t");
    await vi.advanceTimersByTimeAsync(0);
    page.sockets[0]?.says(JSON.stringify(SNAPSHOT));
    await vi.advanceTimersByTimeAsync(SILENCE_MS);
    expect(page.sockets[0]?.closedWith).not.toBeNull();
    expect(page.phase()).toBe("waiting");
    page.live.close();
  });

  it("does nothing more once closed", async () => {
    const page = start(async () => "t");
    await vi.advanceTimersByTimeAsync(0);
    page.live.close();
    page.sockets[0]?.ends(1006);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(page.sockets).toHaveLength(1);
  });

  it("retries only what may pass", () => {
    expect([1006, 1011, 1012, 1013, 4408].every(isRetryable)).toBe(true);
    expect([1000, 1008, 4400, 4401, 4403, 4404, 4409].some(isRetryable)).toBe(false);
  });
});

describe("parseThumbnail", () => {
  it("reads kind, sitting, time and picture, and refuses the rest", () => {
    const data = new ArrayBuffer(20);
    const view = new DataView(data);
    view.setUint8(0, 1);
    view.setBigUint64(1, 42n);
    view.setBigUint64(9, 1_795_000_000_000n);
    expect(parseThumbnail(data)).toMatchObject({ sittingId: 42, capturedAt: 1_795_000_000_000 });
    expect(parseThumbnail(data)?.jpeg.size).toBe(3);
    view.setUint8(0, 3);
    expect(parseThumbnail(data)?.source).toBe("screen");
    view.setUint8(0, 4);
    expect(parseThumbnail(data)).toBeNull();
    expect(parseThumbnail(new ArrayBuffer(17))).toBeNull();
  });
});
