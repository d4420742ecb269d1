// Where things lie on the timeline.
import { describe, expect, it } from "vitest";
import type { SittingWithViolations } from "./messages";
import { extendSpans, GAP_MS } from "./pictures";
import { layOut } from "./timelineLayout";

const ZERO = Date.parse("2026-11-23T10:00:00Z");
const iso = (seconds: number) => new Date(ZERO + seconds * 1000).toISOString();

function sitting(times: [number, number | null][], ended: number | null = null): SittingWithViolations {
  return {
    id: 1,
    student: { id: 1, full_name: "A", email: "a@example.org" },
    state: "active",
    online: true,
    trust: 90,
    band: "good",
    coverage: 1,
    states: [],
    started_at: iso(0),
    ends_at: iso(3600),
    ended_at: ended === null ? null : iso(ended),
    violations: times.map(([from, to], id) => ({
      id,
      exam_session_id: 1,
      kind: "looking_away",
      severity: "warning",
      started_at: iso(from),
      ended_at: to === null ? null : iso(to),
      seconds: 1,
      count: 1,
      confidence: 1,
      measured: {},
      threshold: {},
      without_this: null,
      evidence: [],
    })),
  };
}

describe("layOut", () => {
  it("places bars on the scale from start to now; open ones reach to now", () => {
    const { lanes } = layOut(sitting([[10, 20], [80, null]]), [], ZERO + 100_000);
    expect(lanes).toHaveLength(1);
    expect(lanes[0]?.bars[0]).toMatchObject({ left: 10, width: 10, open: false });
    expect(lanes[0]?.bars[1]).toMatchObject({ left: 80, width: 20, open: true });
  });

  it("stops at the end of an ended sitting and keeps short bars visible and inside", () => {
    const layout = layOut(sitting([[50, 50]], 50), [], ZERO + 999_000);
    expect(layout.to).toBe(ZERO + 50_000);
    const bar = layout.lanes[0]?.bars[0];
    expect(bar?.width).toBeGreaterThan(0);
    expect((bar?.left ?? 0) + (bar?.width ?? 0)).toBeLessThanOrEqual(100);
  });

  it("works in the first second of a sitting", () => {
    expect(layOut(sitting([]), [], ZERO).to).toBeGreaterThan(ZERO);
  });
});

describe("extendSpans", () => {
  it("joins pictures that follow soon and leaves a gap otherwise", () => {
    const spans = [0, 2000, 4000, 4000 + GAP_MS + 1].reduce<{ from: number; to: number }[]>(extendSpans, []);
    expect(spans).toEqual([
      { from: 0, to: 4000 },
      { from: 4000 + GAP_MS + 1, to: 4000 + GAP_MS + 1 },
    ]);
  });
});
