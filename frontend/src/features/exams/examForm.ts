// The fields of the exam dialog: how they become an exam, and what is wrong with them.
import type { Exam, ExamIn } from "@/api/types";

export type ExamFields = {
  title: string;
  description: string;
  start: string;
  end: string;
  minutes: number | string;
  publish: boolean;
};

const MINUTE = 60_000;

/** Local wall-clock text for `<input type="datetime-local">`. */
export function localInput(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * MINUTE);
  return shifted.toISOString().slice(0, 16);
}

/** A new exam starts at the current minute and is open for two hours, so that a first try needs no arithmetic. */
export function newExamFields(now: Date): ExamFields {
  return {
    title: "",
    description: "",
    start: localInput(now),
    end: localInput(new Date(now.getTime() + 120 * MINUTE)),
    minutes: 60,
    publish: true,
  };
}

export function examOf(fields: ExamFields): ExamIn {
  return {
    title: fields.title.trim(),
    description: fields.description.trim(),
    start_time: new Date(fields.start).toISOString(),
    end_time: new Date(fields.end).toISOString(),
    duration_minutes: Number(fields.minutes),
  };
}

/** Keys of the catalogue, one per faulty field. */
export function faultsOf(fields: ExamFields): Partial<Record<keyof ExamFields, string>> {
  const faults: Partial<Record<keyof ExamFields, string>> = {};
  const [start, end] = [Date.parse(fields.start), Date.parse(fields.end)];
  const minutes = Number(fields.minutes);
  if (!fields.title.trim()) faults.title = "exams.form.titleMissing";
  if (Number.isNaN(start)) faults.start = "exams.form.timeMissing";
  if (Number.isNaN(end)) faults.end = "exams.form.timeMissing";
  else if (end <= start) faults.end = "exams.form.endBeforeStart";
  if (fields.minutes === "" || !Number.isInteger(minutes) || minutes < 1) faults.minutes = "exams.form.minutesMissing";
  return faults;
}

/** Whether a student could start now. */
export function isOpenAt(exam: Exam, now: number): boolean {
  const offered = exam.status === "published" || exam.status === "active";
  return offered && Date.parse(exam.start_time) <= now && now < Date.parse(exam.end_time);
}
