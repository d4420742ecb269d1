// /calendar: a month of exams.
import { ExamCalendar } from "@/features/exams/ExamCalendar";
import { StaffOnly } from "./StaffOnly";

export function CalendarPage() {
  return (
    <StaffOnly>
      <ExamCalendar />
    </StaffOnly>
  );
}
