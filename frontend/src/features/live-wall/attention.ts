// Who needs a look first: the order of the wall.
import type { Severity, SittingWithViolations, Violation } from "./messages";

const GRAVITY: Record<Severity, number> = { info: 1, warning: 2, critical: 3 };
const BAND = { good: 0, watch: 1, review: 2 } as const;

export function isRunning(sitting: SittingWithViolations): boolean {
  return sitting.state === "created" || sitting.state === "active" || sitting.state === "paused";
}

export function openViolations(sitting: SittingWithViolations): Violation[] {
  return sitting.violations.filter((one) => one.ended_at === null);
}

/** 0 = nothing open … 3 = something critical is going on right now. */
export function gravity(sitting: SittingWithViolations): number {
  return Math.max(0, ...openViolations(sitting).map((one) => GRAVITY[one.severity]));
}

export function needsAttention(sitting: SittingWithViolations): boolean {
  return isRunning(sitting) && (gravity(sitting) > 0 || sitting.band !== "good" || !sitting.online);
}

/** Ids, most urgent first; equals are ordered by name, then id, so that nothing moves without a reason. */
export function attentionOrder(sittings: readonly SittingWithViolations[], collate: Intl.Collator): number[] {
  const keyed = sittings.map((one) => ({
    one,
    running: isRunning(one) ? 1 : 0,
    gravity: isRunning(one) ? gravity(one) : 0,
    band: BAND[one.band] ?? 0,
    away: isRunning(one) && !one.online ? 1 : 0,
  }));
  return keyed
    .toSorted(
      (a, b) =>
        b.running - a.running ||
        b.gravity - a.gravity ||
        b.band - a.band ||
        b.away - a.away ||
        collate.compare(a.one.student.full_name, b.one.student.full_name) ||
        a.one.id - b.one.id,
    )
    .map(({ one }) => one.id);
}

/** The order to show while the pointer rests on the wall: what was there stays put, newcomers join at the end. */
export function heldOrder(shown: readonly number[], fresh: readonly number[]): number[] {
  const present = new Set(fresh);
  const kept = shown.filter((id) => present.has(id));
  const known = new Set(kept);
  return [...kept, ...fresh.filter((id) => !known.has(id))];
}
