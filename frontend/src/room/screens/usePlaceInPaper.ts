// Which question is shown, and where one may go from there: freely, or only forward; with time of its own or not.
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Question } from "@/ui/questions/question";
import type { Paper, Section } from "../api";
import type { Controller } from "../engine/controller";

export type Spot = { question: Question; section: Section };
export type PlaceInPaper = {
  spots: Spot[];
  at: number;
  question: Question | null;
  section: Section | null;
  /** Server's time, ms, when this question's or section's own time ends; null where it has none. */
  closesAt: number | null;
  mayGo: (index: number) => boolean;
  goTo: (index: number) => void;
};

type Progress = { at: number; furthest: number; opened: Record<string, number> };
const NONE: Progress = { at: 0, furthest: 0, opened: {} };

export function usePlaceInPaper(paper: Paper, controller: Controller): PlaceInPaper {
  const spots = useMemo(
    () => paper.sections.flatMap((section) => section.questions.map((question) => ({ question, section }))),
    [paper],
  );
  const [progress, setProgress] = useState<Progress>(NONE);
  useEffect(() => {
    let left = false;
    void controller.kept.kept<Progress>("progress").then((kept) => {
      if (kept && !left) setProgress((known) => (known === NONE ? kept : known));
    });
    return () => {
      left = true;
    };
  }, [controller]);
  const at = Math.min(progress.at, Math.max(0, spots.length - 1));
  const spot = spots[at] ?? null;
  useEffect(() => {
    if (spot) controller.position(spot.question.position);
  }, [controller, spot]);
  const opened = spot ? openedNow(progress, spot, controller.now()) : progress.opened;
  useEffect(() => {
    // The clock is started by what is shown; that it was shown is known only now.
    // oxlint-disable-next-line react/set-state-in-effect
    if (opened !== progress.opened) setProgress((known) => ({ ...known, opened: { ...known.opened, ...opened } }));
    else void controller.kept.keep("progress", progress);
  }, [opened, progress, controller]);
  const mayGo = useCallback(
    (index: number) => {
      const wanted = spots[index];
      if (!wanted) return false;
      const forward = (wanted.section.navigation ?? paper.settings.navigation) === "forward";
      const leavesForward = spot !== null && (spot.section.navigation ?? paper.settings.navigation) === "forward";
      if (leavesForward && index > at + 1) return false;
      return !forward || index >= progress.furthest;
    },
    [spots, spot, at, progress.furthest, paper],
  );
  const goTo = useCallback(
    (index: number) => {
      if (mayGo(index)) setProgress((known) => ({ ...known, at: index, furthest: Math.max(known.furthest, index) }));
    },
    [mayGo],
  );
  return { spots, at, question: spot?.question ?? null, section: spot?.section ?? null, closesAt: closesAt(spot, opened), mayGo, goTo };
}

const questionKey = ({ question }: Spot) => `q${question.id}`;
const sectionKey = ({ section }: Spot) => `s${section.id}`;

/** A clock of its own begins when a question or section is first seen, and goes on whatever happens. */
function openedNow(progress: Progress, spot: Spot, now: number): Record<string, number> {
  const wanted = [
    ...(spot.question.seconds ? [questionKey(spot)] : []),
    ...(spot.section.seconds ? [sectionKey(spot)] : []),
  ].filter((key) => !(key in progress.opened));
  if (wanted.length === 0) return progress.opened;
  return { ...progress.opened, ...Object.fromEntries(wanted.map((key) => [key, now])) };
}

function closesAt(spot: Spot | null, opened: Record<string, number>): number | null {
  if (!spot) return null;
  const ends = [
    spot.question.seconds ? (opened[questionKey(spot)] ?? Infinity) + spot.question.seconds * 1000 : Infinity,
    spot.section.seconds ? (opened[sectionKey(spot)] ?? Infinity) + spot.section.seconds * 1000 : Infinity,
  ];
  const first = Math.min(...ends);
  return first === Infinity ? null : first;
}
