// Numbers, dates and durations in both languages.
import { describe, expect, it } from "vitest";
import { retryDelay } from "./backoff";
import { formats } from "./format";

const en = formats("en");
const bn = formats("bn");

describe("formats", () => {
  it("groups in lakhs and writes Bangla digits in Bangla", () => {
    expect(bn.number(1234567.5)).toBe("১২,৩৪,৫৬৭.৫");
    expect(en.number(1234567.5)).toBe("1,234,567.5");
    expect(bn.percent(0.974)).toBe("৯৭%");
  });

  it("writes durations as a stopwatch", () => {
    expect(en.stopwatch(125)).toBe("2:05");
    expect(bn.stopwatch(125)).toBe("২:০৫");
    expect(bn.stopwatch(3723)).toBe("১:০২:০৩");
    expect(en.stopwatch(-3)).toBe("0:00");
  });

  it("writes dates with Bangla digits and no Latin letters", () => {
    const at = new Date("2026-11-23T10:05:09Z");
    expect(bn.dateTime(at)).toMatch(/২০২৬/);
    for (const text of [bn.dateTime(at), bn.clock(at), bn.range(at, new Date(at.getTime() + 3_600_000))]) {
      expect(text).not.toMatch(/[0-9A-Za-z]/);
    }
  });
});

describe("retryDelay", () => {
  it("stays within 0.5 and 30 seconds and grows", () => {
    expect(retryDelay(0, 0)).toBe(500);
    expect(retryDelay(0, 1)).toBe(750);
    expect(retryDelay(3, 1)).toBeCloseTo(2531, 0);
    expect(retryDelay(50, 1)).toBe(30_000);
    expect(retryDelay(50, 0)).toBe(500);
  });
});
