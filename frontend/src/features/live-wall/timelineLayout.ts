// Where things lie on a student's timeline, in per cent of its width.
import type { Severity, SittingWithViolations } from "./messages";
import type { Span } from "./pictures";

export type Bar = { id: number; left: number; width: number; severity: Severity; open: boolean };
export type Lane = { kind: string; bars: Bar[] };
export type Layout = {
  from: number;
  to: number;
  lanes: Lane[];
  seen: { left: number; width: number }[];
};

/** Short violations stay visible and can be hit with a finger. */
const NARROWEST = 0.8;

/** From the sitting's start to `now` (ms) or its end; one lane per kind, in the order of first appearance. */
export function layOut(sitting: SittingWithViolations, seen: readonly Span[], now: number): Layout {
  const from = Date.parse(sitting.started_at);
  const to = Math.max(from + 1000, sitting.ended_at ? Date.parse(sitting.ended_at) : now);
  const place = (start: number, end: number, narrowest: number) => {
    const left = clamp(((start - from) / (to - from)) * 100);
    const right = clamp(((end - from) / (to - from)) * 100);
    const width = Math.max(narrowest, right - left);
    return { left: Math.max(0, Math.min(left, 100 - width)), width };
  };
  const lanes = new Map<string, Lane>();
  const inOrder = sitting.violations.toSorted((a, b) => Date.parse(a.started_at) - Date.parse(b.started_at));
  for (const { id, kind, severity, started_at, ended_at } of inOrder) {
    const lane = lanes.get(kind) ?? { kind, bars: [] };
    lanes.set(kind, lane);
    const end = ended_at ? Date.parse(ended_at) : to;
    lane.bars.push({ id, severity, open: ended_at === null, ...place(Date.parse(started_at), end, NARROWEST) });
  }
  return {
    from,
    to,
    lanes: [...lanes.values()],
    seen: seen.filter((span) => span.to >= from && span.from <= to).map((span) => place(span.from, span.to, 0.3)),
  };
}

function clamp(value: number): number {
  return Math.min(100, Math.max(0, value));
}
