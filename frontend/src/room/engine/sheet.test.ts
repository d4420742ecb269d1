// What is typed is on the disk within two seconds, and the newest of device and server is shown.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FIRST_STATE, heard, linked } from "./roomState";
import { merged, Sheet } from "./sheet";

describe("Sheet", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function begin(fails = 0) {
    const written: unknown[] = [];
    let left = fails;
    const write = async (id: number, value: unknown) => {
      if ((left -= 1) >= 0) throw new DOMException("full", "QuotaExceededError");
      written.push([id, value]);
    };
    return { written, sheet: new Sheet(write, new Map(), [], () => Date.now()) };
  }

  it("saves while somebody types without a pause", async () => {
    const { sheet, written } = begin();
    for (let i = 1; i <= 40; i += 1) {
      sheet.change(1, "x".repeat(i));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(written.length).toBeGreaterThanOrEqual(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(written.at(-1)).toEqual([1, "x".repeat(40)]);
    expect(sheet.state().unsaved.size).toBe(0);
  });

  it("keeps in memory what the disk refused, says so, and tries again", async () => {
    const { sheet, written } = begin(1);
    sheet.change(1, "a");
    await vi.advanceTimersByTimeAsync(2_000);
    expect([written, [...sheet.state().unsaved]]).toEqual([[], [1]]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect([written, [...sheet.state().unsaved]]).toEqual([[[1, "a"]], []]);
  });

  it("flushes when the page is left", async () => {
    const { sheet, written } = begin();
    sheet.change(1, "a");
    sheet.change(2, true);
    await sheet.flush();
    expect(written).toEqual([
      [1, "a"],
      [2, true],
    ]);
  });

  it("shows the newest of device and server", () => {
    const server = [
      { question_id: 1, value: "server", client_seq: 5 },
      { question_id: 2, value: "server", client_seq: 5 },
    ];
    const device = new Map([
      [1, { value: "device", clientSeq: 6 }],
      [2, { value: "device", clientSeq: 4 }],
      [3, { value: null, clientSeq: 1 }],
    ]);
    expect([...merged(server, device)]).toEqual([
      [1, "device"],
      [2, "server"],
      [3, null],
    ]);
  });
});

describe("what the room knows", () => {
  it("shows time given back, a pause, and where an outage began", () => {
    let state = linked(FIRST_STATE, { phase: "waiting", until: 0 }, 1_000);
    state = linked(state, { phase: "connecting" }, 5_000);
    expect(state.offlineSince).toBe(1_000);
    state = linked(state, { phase: "live" }, 9_000);
    expect(state.offlineSince).toBeNull();
    const outage = { started_at: "a", ended_at: "b", cause: "link", credited_seconds: 8, ends_at: "2026-01-01T00:00:08Z" };
    state = heard(state, { type: "outage", ...outage }, 9_001);
    state = heard(state, { type: "outage", ...outage }, 9_002);
    expect([state.outages.length, state.endsAt]).toEqual([1, Date.parse("2026-01-01T00:00:08Z")]);
  });

  it("lets advice stand until it was good again", () => {
    const done = { type: "frame.done", number: 1, report: null, coverage: 1 } as const;
    let state = heard(FIRST_STATE, { ...done, states: ["too_dark"], advice: { code: "too_dark", text: "light" } }, 0);
    state = heard(state, { ...done, states: [] }, 1_000);
    expect(state.advice?.text).toBe("light");
    state = heard(state, { ...done, states: [] }, 6_000);
    expect(state.advice).toBeNull();
  });
});
