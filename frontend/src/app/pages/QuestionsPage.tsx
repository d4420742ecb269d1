// /exams/$examId/questions: an exam's questions.
import { useParams } from "@tanstack/react-router";
import { QuestionEditor } from "@/features/questions/QuestionEditor";
import { ExamTabs } from "@/ui/ExamTabs";
import { StaffOnly } from "./StaffOnly";

export function QuestionsPage() {
  const { examId } = useParams({ from: "/signed-in/exams/$examId/questions" });
  return (
    <StaffOnly>
      <ExamTabs examId={examId} />
      <QuestionEditor key={examId} examId={examId} />
    </StaffOnly>
  );
}
