// /exams/$examId/review: what of one exam waits for a look.
import { useParams } from "@tanstack/react-router";
import { ReviewQueue } from "@/features/review/ReviewQueue";
import { ExamTabs } from "@/ui/ExamTabs";
import { StaffOnly } from "./StaffOnly";

export function ExamReviewPage() {
  const { examId } = useParams({ from: "/signed-in/exams/$examId/review" });
  return (
    <StaffOnly>
      <ExamTabs examId={examId} />
      <ReviewQueue key={examId} examId={examId} />
    </StaffOnly>
  );
}
