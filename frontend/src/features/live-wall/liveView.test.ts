// The live page's memory: snapshot + events must equal a fresh snapshot, whatever comes in between.
import { describe, expect, it } from "vitest";
import { type LiveView, reduceLive } from "./liveView";
import type { LiveMessage, Sitting, SittingWithViolations, Violation } from "./messages";

const AT = "2026-11-23T10:00:00Z";
const EXAM = { id: 1, title: "Physics", start_time: AT, end_time: "2026-11-23T12:00:00Z" };
const NOW = Date.parse(AT);

function sitting(id: number, change: Partial<SittingWithViolations> = {}): SittingWithViolations {
  return {
    id,
    student: { id: 100 + id, full_name: `Student ${id}`, email: `${id}@example.org` },
    state: "active",
    online: true,
    trust: 100,
    band: "good",
    coverage: 1,
    states: [],
    started_at: AT,
    ends_at: "2026-11-23T11:00:00Z",
    ended_at: null,
    violations: [],
    ...change,
  };
}

function violation(id: number, sessionId: number, change: Partial<Violation> = {}): Violation {
  return {
    id,
    exam_session_id: sessionId,
    kind: "looking_away",
    severity: "warning",
    started_at: AT,
    ended_at: null,
    seconds: 2,
    count: 1,
    confidence: 0.9,
    measured: { yaw: 31 },
    threshold: { yaw: 25 },
    without_this: 100,
    evidence: [],
    ...change,
  };
}

function snapshot(sessions: SittingWithViolations[]): LiveMessage {
  return { type: "snapshot", exam: EXAM, server_time: AT, sessions };
}

function after(messages: LiveMessage[]): LiveView | null {
  return messages.reduce<LiveView | null>((view, message) => reduceLive(view, message, NOW), null);
}

function withoutViolations(one: SittingWithViolations): Sitting {
  return Object.fromEntries(Object.entries(one).filter(([key]) => key !== "violations")) as Sitting;
}

describe("reduceLive", () => {
  it("takes events on top of a snapshot to the same view as a fresh snapshot", () => {
    const opened = violation(7, 1);
    const closed = violation(7, 1, { ended_at: "2026-11-23T10:00:05Z", seconds: 5, without_this: 100 });
    const view = after([
      snapshot([sitting(1)]),
      { type: "session.updated", session: withoutViolations(sitting(2)) },
      { type: "violation.opened", session_id: 1, violation: opened, trust: 97, band: "good", without: { "7": 100 } },
      { type: "violation.closed", session_id: 1, violation: closed, trust: 94, band: "watch", without: { "7": 100 } },
      { type: "session.updated", session: withoutViolations(sitting(1, { trust: 94, band: "watch", coverage: 0.9 })) },
    ]);
    const fresh = after([
      snapshot([sitting(2), sitting(1, { trust: 94, band: "watch", coverage: 0.9, violations: [closed] })]),
    ]);
    expect(view).toEqual(fresh);
  });

  it("survives any order of violations of one sitting, and repeats", () => {
    const some = [3, 1, 2].map((id): LiveMessage => ({
      type: "violation.opened",
      session_id: 1,
      violation: violation(id, 1),
      trust: 90,
      band: "good",
      without: { [id]: 95 },
    }));
    const view = after([snapshot([sitting(1)]), ...some, ...some]);
    expect(view?.sittings[1]?.violations.map((one) => one.id)).toEqual([1, 2, 3]);
  });

  it("tells of every violation what the score would be without it, whichever changed", () => {
    const view = after([
      snapshot([sitting(1, { violations: [violation(4, 1, { without_this: 100 })] })]),
      {
        type: "violation.opened",
        session_id: 1,
        violation: violation(5, 1, { without_this: 94 }),
        trust: 60,
        band: "watch",
        without: { "4": 64, "5": 94 },
      },
    ]);
    expect(view?.sittings[1]?.violations.map((one) => one.without_this)).toEqual([64, 94]);
    expect(view?.sittings[1]?.band).toBe("watch");
  });

  it("keeps the violations when the server sends a sitting with violations null", () => {
    const update = { ...withoutViolations(sitting(1)), violations: null } as Sitting;
    const view = after([
      snapshot([sitting(1, { violations: [violation(4, 1)] })]),
      { type: "session.updated", session: update },
    ]);
    expect(view?.sittings[1]?.violations).toHaveLength(1);
  });

  it("forgets what a new snapshot no longer holds", () => {
    expect(Object.keys(after([snapshot([sitting(1), sitting(2)]), snapshot([sitting(2)])])?.sittings ?? {})).toEqual(["2"]);
  });

  it("leaves untouched sittings identical, so that only changed tiles are drawn", () => {
    const before = after([snapshot([sitting(1), sitting(2)])]);
    const next = reduceLive(before, { type: "session.updated", session: withoutViolations(sitting(2)) }, NOW);
    expect(next?.sittings[1]).toBe(before?.sittings[1]);
  });

  it("ignores events before a snapshot, for unknown sittings, and of unknown types", () => {
    const event: LiveMessage = { type: "violation.opened", session_id: 9, violation: violation(1, 9), trust: 1, band: "review", without: {} };
    expect(after([event])).toBeNull();
    const view = after([snapshot([sitting(1)])]);
    expect(reduceLive(view, event, NOW)).toBe(view);
    expect(reduceLive(view, { type: "weather" } as unknown as LiveMessage, NOW)).toBe(view);
  });

  it("follows the server's clock", () => {
    const view = after([snapshot([]), { type: "ping", server_time: "2026-11-23T10:00:03Z" }]);
    expect(view?.clockOffset).toBe(3000);
  });
});
