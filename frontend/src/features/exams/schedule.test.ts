// Windows that overlap, and days of a month.
import { describe, expect, it } from "vitest";
import type { Exam } from "@/api/types";
import { monthDays, overlapping } from "./schedule";

function exam(id: number, from: string, to: string, status = "published"): Exam {
  return { id, start_time: from, end_time: to, status } as Exam;
}

const EXAMS = [
  exam(1, "2026-11-27T09:00:00", "2026-11-27T11:00:00"),
  exam(2, "2026-11-27T10:00:00", "2026-11-28T10:00:00"),
  exam(3, "2026-11-27T10:00:00", "2026-11-27T12:00:00", "cancelled"),
];

function span(id: number, from: string, to: string) {
  return { id, start: Date.parse(from), end: Date.parse(to) };
}

describe("overlapping", () => {
  it("finds other live exams that share time; touching is not sharing", () => {
    expect(overlapping(EXAMS, span(1, "2026-11-27T09:00:00", "2026-11-27T11:00:00")).map((one) => one.id)).toEqual([2]);
    expect(overlapping(EXAMS, span(9, "2026-11-27T08:00:00", "2026-11-27T09:00:00"))).toEqual([]);
  });
});

describe("monthDays", () => {
  it("gives whole weeks, and an exam of two days on both", () => {
    const days = monthDays(2026, 10, EXAMS, 0);
    expect(days.length % 7).toBe(0);
    expect(days[0]?.date.getDay()).toBe(0);
    const on = (day: number) => days.find((one) => one.inMonth && one.date.getDate() === day)?.exams.map(({ id }) => id);
    expect(on(27)).toEqual([1, 2, 3]);
    expect(on(28)).toEqual([2]);
    expect(on(29)).toEqual([]);
  });
});
