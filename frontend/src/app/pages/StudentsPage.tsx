// /exams/$examId/students: who may sit an exam.
import { useParams } from "@tanstack/react-router";
import { ExamStudents } from "@/features/enrolment/ExamStudents";
import { ExamTabs } from "@/ui/ExamTabs";
import { StaffOnly } from "./StaffOnly";

export function StudentsPage() {
  const { examId } = useParams({ from: "/signed-in/exams/$examId/students" });
  return (
    <StaffOnly>
      <ExamTabs examId={examId} />
      <ExamStudents key={examId} examId={examId} />
    </StaffOnly>
  );
}
