// /exams/$examId/grading: giving marks.
import { useParams } from "@tanstack/react-router";
import { Grading } from "@/features/grading/Grading";
import { ExamTabs } from "@/ui/ExamTabs";
import { StaffOnly } from "./StaffOnly";

export function GradingPage() {
  const { examId } = useParams({ from: "/signed-in/exams/$examId/grading" });
  return (
    <StaffOnly>
      <ExamTabs examId={examId} />
      <Grading key={examId} examId={examId} />
    </StaffOnly>
  );
}
