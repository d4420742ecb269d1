// The review's timeline and the order of judging.
import { describe, expect, it } from "vitest";
import type { Review, ReviewedViolation } from "@/api/types";
import { lanesOf, placeOf, scaleOf, soundAt, soundBars, speechStretches, STILL_MS, stillAt, stillsOf } from "./lanes";
import { inOrder, nextUnjudged } from "./reviewQueries";

const START = "2026-11-27T09:00:00Z";
const at = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString();

function violation(id: number, from: number, to: number | null, more: Partial<ReviewedViolation> = {}): ReviewedViolation {
  return {
    id,
    kind: "looking_away",
    severity: "warning",
    started_at: at(from),
    ended_at: to === null ? null : at(to),
    counts: true,
    verdict: null,
    reviewed_kind: null,
    evidence: [{ id: id * 10, role: "best", captured_at: at(from), sha256: "", url: `/e/${id}` }],
    ...more,
  } as ReviewedViolation;
}

const REVIEW = {
  session: { start_time: START, end_time: at(100) },
  violations: [violation(2, 50, 60), violation(1, 10, 20, { counts: false }), violation(3, 70, null, { reviewed_kind: "other" })],
  events: [{ seq: 1, at: at(5), kind: "tab_switch" }],
  answers: [],
  outages: [],
  messages: [{ id: 1, at: at(30), text: "Hello", from: "staff" }],
  unobserved: [{ from: at(0), to: at(25), states: ["too_dark"] }],
} as unknown as Review;

describe("the review's timeline", () => {
  const scale = scaleOf(REVIEW, 0);

  it("has one lane per kind as people see it now, and none that is empty", () => {
    expect(lanesOf(REVIEW, scale).map((lane) => lane.name)).toEqual(["looking_away", "other", "events", "people", "unobserved"]);
  });

  it("greys what was dismissed and lets what never ended reach the end", () => {
    const marks = lanesOf(REVIEW, scale).flatMap((lane) => lane.marks);
    expect(marks.find((one) => one.id === "v1")?.tone).toBe("dismissed");
    expect(placeOf(marks.find((one) => one.id === "v3")?.to ?? 0, scale)).toBe(100);
  });

  it("shows the nearest picture, and none where none is near", () => {
    const stills = stillsOf(REVIEW);
    expect(stillAt(stills, Date.parse(at(12)))?.violationId).toBe(1);
    expect(stillAt(stills, Date.parse(at(70)) + STILL_MS + 1)).toBeNull();
  });
});

describe("sound", () => {
  const scale = scaleOf(REVIEW, 0);
  const heard = (from: number, level: number, speech: number) => ({ from, to: from + 5, level, speech });

  it("is drawn in its place, and never in more bars than can be seen", () => {
    const bars = soundBars([heard(10, 0.2, 0), heard(15, 0.6, 0.4)], scale);
    expect(bars.map(({ from, level }) => [placeOf(from, scale), level])).toEqual([[10, 0.2], [15, 0.6]]);
    const hours = soundBars(Array.from({ length: 4000 }, (_, step) => heard(step * 5, step === 7 ? 0.9 : 0.1, 0)), scale);
    expect(hours.length).toBeLessThanOrEqual(360);
    expect(hours[0]?.level).toBe(0.9);
  });

  it("says when somebody spoke, and nothing where nothing was heard", () => {
    const sound = [heard(0, 0.1, 0), heard(5, 0.5, 0.2), heard(10, 0.5, 1), heard(40, 0.4, 0.3)];
    expect(speechStretches(sound)).toEqual([{ from: 5, to: 15 }, { from: 40, to: 45 }]);
    expect(soundAt(sound, 12)?.speech).toBe(1);
    expect(soundAt(sound, 20)).toBeNull();
  });
});

describe("judging", () => {
  it("goes on to the next one that nobody judged, and round to the start", () => {
    const ordered = inOrder(REVIEW.violations);
    expect(ordered.map((one) => one.id)).toEqual([1, 2, 3]);
    expect(nextUnjudged(ordered, 1)).toBe(2);
    expect(nextUnjudged(ordered, 3)).toBe(1);
    const judged = [1, 2, 3].map((id) => violation(id, id, id, { verdict: "dismissed" }));
    expect(nextUnjudged(judged, 1)).toBeNull();
  });
});
