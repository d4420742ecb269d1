// Which sittings the wall shows.
import { isAsking, isRunning, isWaiting, needsAttention } from "./attention";
import { folded } from "@/lib/folded";
import type { SittingWithViolations } from "./messages";

export const SHOWN = ["all", "attention", "asking", "waiting", "offline"] as const;
export type Shown = (typeof SHOWN)[number];
export type Choice = { shown: Shown; search: string };

export function matches(sitting: SittingWithViolations, { shown, search }: Choice): boolean {
  if (search && !folded(sitting.student.full_name).includes(folded(search.trim()))) return false;
  switch (shown) {
    case "attention":
      return needsAttention(sitting);
    case "asking":
      return isAsking(sitting);
    case "waiting":
      return isWaiting(sitting);
    case "offline":
      return isRunning(sitting) && !sitting.online;
    default:
      return true;
  }
}

/** Names of the groups or rooms that students were put into, in order. */
export function groupsOf(sittings: readonly SittingWithViolations[]): string[] {
  return [...new Set(sittings.map((one) => one.group ?? "").filter(Boolean))].toSorted(new Intl.Collator("bn", { numeric: true }).compare);
}
