// Settings of the exam editor: presets set real fields, and expected false alarms follow the switches.
import { describe, expect, it } from "vitest";
import type { Exam } from "@/api/types";
import { changesOf, expectedAlarms, lookedFor, STAKES, STAKES_SET, stakesOf } from "./settings";

const RATES = [
  { kind: "looking_away", expected_false_alarms: 0.5 },
  { kind: "phone_detected", expected_false_alarms: 0.25 },
  { kind: "devtools", expected_false_alarms: null },
];

describe("stakes", () => {
  it("are recognised by the fields they set, and no longer once one differs", () => {
    for (const stakes of STAKES) expect(stakesOf(STAKES_SET[stakes])).toBe(stakes);
    expect(stakesOf({ ...STAKES_SET.high, waiting_room: false })).toBeNull();
  });
});

describe("expected false alarms", () => {
  it("add up over what is looked for", () => {
    expect(expectedAlarms(RATES, lookedFor({}, RATES))).toBe(0.75);
    expect(expectedAlarms(RATES, lookedFor({ enable_eye_tracking: false }, RATES))).toBe(0.25);
    expect(expectedAlarms(RATES, lookedFor({ disabled_kinds: ["phone_detected"] }, RATES))).toBe(0.5);
  });

  it("are unknown, not zero, where nothing was measured", () => {
    expect(expectedAlarms(RATES, ["devtools"])).toBeNull();
  });
});

describe("changesOf", () => {
  it("sends only what differs", () => {
    const exam = { title: "A", ip_restrictions: ["10.0.0.0/8"], max_attempts: 1 } as Exam;
    expect(changesOf(exam, { title: "A", ip_restrictions: ["10.0.0.0/8"], max_attempts: 2 })).toEqual({ max_attempts: 2 });
  });
});
