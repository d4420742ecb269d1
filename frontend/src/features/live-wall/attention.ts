// Who needs a look first: the order of the wall.
import type { Severity, SittingWithViolations, Violation } from "./messages";

const GRAVITY: Record<Severity, number> = { info: 1, warning: 2, critical: 3 };
const BAND = { good: 0, watch: 1, review: 2 } as const;

export function isRunning(sitting: SittingWithViolations): boolean {
  return sitting.state === "created" || sitting.state === "active" || sitting.state === "paused";
}

/** Has not begun and was not let in: on the way through the checks, or in the waiting room. */
export function isWaiting(sitting: SittingWithViolations): boolean {
  return isRunning(sitting) && sitting.begun === false && sitting.admitted === false;
}

/** Has something to say: a raised hand or a message that nobody has read. */
export function isAsking(sitting: SittingWithViolations): boolean {
  return isRunning(sitting) && (sitting.hand === true || (sitting.unread ?? 0) > 0);
}

export function openViolations(sitting: SittingWithViolations): Violation[] {
  return sitting.violations.filter((one) => one.ended_at === null);
}

/** 0 = nothing open … 3 = something critical is going on right now. */
export function gravity(sitting: SittingWithViolations): number {
  return Math.max(0, ...openViolations(sitting).map((one) => GRAVITY[one.severity]));
}

export function needsAttention(sitting: SittingWithViolations): boolean {
  if (!isRunning(sitting)) return false;
  return (
    gravity(sitting) > 0 ||
    sitting.band !== "good" ||
    sitting.flagged === true ||
    !sitting.online ||
    isAsking(sitting)
  );
}

/** One sitting a student: the newest, or none older would ever leave the wall. */
export function newestPerStudent(sittings: readonly SittingWithViolations[]): SittingWithViolations[] {
  const newest = new Map<number, SittingWithViolations>();
  for (const one of sittings) {
    const known = newest.get(one.student.id);
    if (!known || isNewer(one, known)) newest.set(one.student.id, one);
  }
  return [...newest.values()];
}

function isNewer(one: SittingWithViolations, other: SittingWithViolations): boolean {
  return (one.attempt ?? 0) - (other.attempt ?? 0) > 0 || (one.attempt === other.attempt && one.id > other.id);
}

/** Ids, most urgent first; equals are ordered by name, then id, so that nothing moves without a reason. */
export function attentionOrder(sittings: readonly SittingWithViolations[], collate: Intl.Collator): number[] {
  const keyed = sittings.map((one) => {
    const running = isRunning(one);
    return {
      one,
      rank: [
        running ? 1 : 0,
        running ? gravity(one) : 0,
        isAsking(one) ? 1 : 0,
        isWaiting(one) ? 1 : 0,
        running && one.flagged ? 1 : 0,
        BAND[one.band] ?? 0,
        running && !one.online ? 1 : 0,
      ],
    };
  });
  return keyed
    .toSorted(
      (a, b) =>
        byRank(a.rank, b.rank) ||
        collate.compare(a.one.student.full_name, b.one.student.full_name) ||
        a.one.id - b.one.id,
    )
    .map(({ one }) => one.id);
}

function byRank(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at === -1 ? 0 : (b[at] ?? 0) - (a[at] ?? 0);
}

/** The order to show while the pointer rests on the wall: what was there stays put, newcomers join at the end. */
export function heldOrder(shown: readonly number[], fresh: readonly number[]): number[] {
  const present = new Set(fresh);
  const kept = shown.filter((id) => present.has(id));
  const known = new Set(kept);
  return [...kept, ...fresh.filter((id) => !known.has(id))];
}
