// The wall's order: trouble first, equals by name, and nothing moves under the pointer.
import { describe, expect, it } from "vitest";
import { attentionOrder, heldOrder, needsAttention } from "./attention";
import type { Severity, SittingWithViolations } from "./messages";

const collator = new Intl.Collator("en");

function sitting(id: number, name: string, change: Partial<SittingWithViolations> = {}): SittingWithViolations {
  return {
    id,
    student: { id, full_name: name, email: `${id}@example.org` },
    state: "active",
    online: true,
    trust: 100,
    band: "good",
    coverage: 1,
    states: [],
    started_at: "2026-11-23T10:00:00Z",
    ends_at: "2026-11-23T11:00:00Z",
    ended_at: null,
    violations: [],
    ...change,
  };
}

function noted(severity: Severity, ended: boolean): Pick<SittingWithViolations, "violations"> {
  const at = "2026-11-23T10:00:00Z";
  const facts = { seconds: 1, count: 1, confidence: 1, measured: {}, threshold: {}, without_this: null, evidence: [] };
  return {
    violations: [
      { id: 1, exam_session_id: 1, kind: "other", severity, started_at: at, ended_at: ended ? at : null, ...facts },
    ],
  };
}

describe("attentionOrder", () => {
  it("puts what is going on first, then bands, then lost links, then names, and finished sittings last", () => {
    const order = attentionOrder(
      [
        sitting(1, "Zahid"),
        sitting(2, "Arif"),
        sitting(3, "Offline", { online: false }),
        sitting(4, "Watch", { band: "watch" }),
        sitting(5, "Review", { band: "review" }),
        sitting(6, "Warning", noted("warning", false)),
        sitting(7, "Critical", noted("critical", false)),
        sitting(8, "Done", { state: "submitted", band: "review", ...noted("critical", false) }),
        sitting(9, "Past", noted("critical", true)),
      ],
      collator,
    );
    expect(order).toEqual([7, 6, 5, 4, 3, 2, 9, 1, 8]);
  });

  it("calls for a look only while a sitting runs", () => {
    expect(needsAttention(sitting(1, "A", { online: false }))).toBe(true);
    expect(needsAttention(sitting(1, "A", { online: false, state: "expired" }))).toBe(false);
    expect(needsAttention(sitting(1, "A", { states: ["too_dark"] }))).toBe(false);
  });
});

describe("heldOrder", () => {
  it("keeps places, drops the gone, appends the new", () => {
    expect(heldOrder([3, 1, 2], [4, 2, 3])).toEqual([3, 2, 4]);
  });
});
