// /exams/$examId/edit: an exam's settings.
import { useParams } from "@tanstack/react-router";
import { ExamEditor } from "@/features/exams/ExamEditor";
import { ExamTabs } from "@/ui/ExamTabs";
import { StaffOnly } from "./StaffOnly";

export function ExamEditPage() {
  const { examId } = useParams({ from: "/signed-in/exams/$examId/edit" });
  return (
    <StaffOnly>
      <ExamTabs examId={examId} />
      <ExamEditor key={examId} examId={examId} />
    </StaffOnly>
  );
}
