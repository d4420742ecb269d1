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
  /** One cannot come back to this question. */
  forward: boolean;
};

/** `opened`: the server's time, ms, at which a question (q12) or section (s3) was first shown. */
export type Progress = { at: number; furthest: number; opened: Record<string, number> };

/** Where this student is: by this device's memory and by the server's, so that no clock begins again. */
export function progressOf(paper: Paper, kept: Progress | null): Progress {
  const spots = spotsOf(paper);
  const opened = { ...kept?.opened };
  let furthest = kept?.furthest ?? 0;
  for (const { question_id: id, at } of paper.opened ?? []) {
    const index = spots.findIndex(({ question }) => question.id === id);
    const spot = spots[index];
    if (!spot) continue;
    for (const key of keysOf(spot)) opened[key] = Math.min(opened[key] ?? Infinity, Date.parse(at));
    if (isForward(spot, paper)) furthest = Math.max(furthest, index);
  }
  return { at: Math.max(kept?.at ?? 0, kept ? 0 : furthest), furthest, opened };
}

const spotsOf = (paper: Paper): Spot[] =>
  paper.sections.flatMap((section) => section.questions.map((question) => ({ question, section })));
const isForward = ({ section }: Spot, paper: Paper) => (section.navigation ?? paper.settings.navigation) === "forward";

export function usePlaceInPaper(paper: Paper, controller: Controller, start: Progress, paused: boolean): PlaceInPaper {
  const spots = useMemo(() => spotsOf(paper), [paper]);
  const [progress, setProgress] = useState(start);
  useEffect(() => {
    if (!paused) return;
    const since = controller.now();
    // What stands still for everybody stands still for a question too.
    return () => setProgress((known) => shifted(known, controller.now() - since));
  }, [paused, controller]);
  const at = Math.min(progress.at, Math.max(0, spots.length - 1));
  const spot = spots[at] ?? null;
  useEffect(() => {
    if (spot) controller.position(spot.question.position);
  }, [controller, spot]);
  const id = spot?.question.id;
  const opened = spot ? openedNow(progress, spot, controller.now()) : progress.opened;
  useEffect(() => {
    if (opened !== progress.opened) {
      // The clock is started by what is shown; that it was shown is known only now.
      // oxlint-disable-next-line react/set-state-in-effect
      setProgress((known) => ({ ...known, opened: { ...opened, ...known.opened } }));
      if (id !== undefined && !(`q${id}` in progress.opened)) controller.opened(id);
    } else void controller.kept.keep("progress", progress);
  }, [opened, progress, controller, id]);
  const mayGo = useCallback(
    (index: number) => {
      const wanted = spots[index];
      if (!wanted) return false;
      if (spot !== null && isForward(spot, paper) && index > at + 1) return false;
      return !isForward(wanted, paper) || index >= progress.furthest;
    },
    [spots, spot, at, progress.furthest, paper],
  );
  const goTo = useCallback(
    (index: number) => {
      if (mayGo(index)) setProgress((known) => ({ ...known, at: index, furthest: Math.max(known.furthest, index) }));
    },
    [mayGo],
  );
  const forward = spot !== null && isForward(spot, paper);
  return { spots, at, question: spot?.question ?? null, section: spot?.section ?? null, closesAt: closesAt(spot, opened), mayGo, goTo, forward };
}

const questionKey = ({ question }: Spot) => `q${question.id}`;
const sectionKey = ({ section }: Spot) => `s${section.id}`;
const keysOf = (spot: Spot) => [questionKey(spot), ...(spot.section.seconds ? [sectionKey(spot)] : [])];

/** A clock of its own begins when a question or section is first seen, and goes on whatever happens. */
function openedNow(progress: Progress, spot: Spot, now: number): Record<string, number> {
  const wanted = keysOf(spot).filter((key) => !(key in progress.opened));
  if (wanted.length === 0) return progress.opened;
  return { ...progress.opened, ...Object.fromEntries(wanted.map((key) => [key, now])) };
}

function shifted(progress: Progress, by: number): Progress {
  const opened = Object.entries(progress.opened).map(([key, at]) => [key, at + by] as const);
  return { ...progress, opened: Object.fromEntries(opened) };
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
