// Which messages ring.
import { describe, expect, it } from "vitest";
import { makeAlarm, QUIET_MS } from "./alarm";
import type { LiveMessage } from "./messages";

function opened(severity: string, session_id = 1, type = "violation.opened"): LiveMessage {
  return { type, session_id, violation: { kind: "multiple_faces", severity } } as unknown as LiveMessage;
}

describe("the alarm", () => {
  it("rings for what is newly opened and critical, and for nothing else", () => {
    const judge = makeAlarm();
    expect(judge(opened("warning"), 0)).toBeNull();
    expect(judge(opened("critical", 1, "violation.updated"), 0)).toBeNull();
    expect(judge(opened("critical"), 0)).toEqual({ sittingId: 1, kind: "multiple_faces" });
  });

  it("rings once per student and half a minute", () => {
    const judge = makeAlarm();
    expect(judge(opened("critical"), 0)).not.toBeNull();
    expect(judge(opened("critical"), QUIET_MS - 1)).toBeNull();
    expect(judge(opened("critical", 2), QUIET_MS - 1)).not.toBeNull();
    expect(judge(opened("critical"), QUIET_MS)).not.toBeNull();
  });
});
