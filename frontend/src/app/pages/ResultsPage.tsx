// /exams/$examId/results: an exam's results and its questions' statistics.
import { useParams } from "@tanstack/react-router";
import { Results } from "@/features/grading/Results";
import { ExamTabs } from "@/ui/ExamTabs";
import { StaffOnly } from "./StaffOnly";

export function ResultsPage() {
  const { examId } = useParams({ from: "/signed-in/exams/$examId/results" });
  return (
    <StaffOnly>
      <ExamTabs examId={examId} />
      <Results key={examId} examId={examId} />
    </StaffOnly>
  );
}
