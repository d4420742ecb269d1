// /exams/$examId/rescore: other weights, compared before they are saved.
import { useParams } from "@tanstack/react-router";
import { Rescore } from "@/features/review/Rescore";
import { ExamTabs } from "@/ui/ExamTabs";
import { StaffOnly } from "./StaffOnly";

export function RescorePage() {
  const { examId } = useParams({ from: "/signed-in/exams/$examId/rescore" });
  return (
    <StaffOnly>
      <ExamTabs examId={examId} />
      <Rescore key={examId} examId={examId} />
    </StaffOnly>
  );
}
