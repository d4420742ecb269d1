// Exams in time: which overlap, and which days of a month have which.
import type { Exam } from "@/api/types";

type Window = { id: number; start: number; end: number };

const OVER = new Set(["cancelled", "completed"]);

/** Other exams whose windows share time with this one (ms). */
export function overlapping(exams: readonly Exam[], { id, start, end }: Window): Exam[] {
  return exams.filter(
    (one) => one.id !== id && !OVER.has(one.status) && Date.parse(one.start_time) < end && start < Date.parse(one.end_time),
  );
}

export type Day = { date: Date; inMonth: boolean; exams: Exam[] };

/** Six weeks of days around a month, each with the exams open on it; weeks begin on `firstDay` (0 = Sunday). */
export function monthDays(year: number, month: number, exams: readonly Exam[], firstDay: number): Day[] {
  const lead = (new Date(year, month, 1).getDay() - firstDay + 7) % 7;
  const weeks = Math.ceil((lead + new Date(year, month + 1, 0).getDate()) / 7);
  return Array.from({ length: weeks * 7 }, (_, index) => {
    const date = new Date(year, month, 1 - lead + index);
    const next = new Date(year, month, 2 - lead + index);
    return {
      date,
      inMonth: date.getMonth() === month,
      exams: exams
        .filter((one) => Date.parse(one.start_time) < next.getTime() && Date.parse(one.end_time) > date.getTime())
        .toSorted((a, b) => Date.parse(a.start_time) - Date.parse(b.start_time)),
    };
  });
}
