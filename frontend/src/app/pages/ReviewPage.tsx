// /review: what waits for a look, over all exams.
import { ReviewQueue } from "@/features/review/ReviewQueue";
import { StaffOnly } from "./StaffOnly";

export function ReviewPage() {
  return (
    <StaffOnly>
      <ReviewQueue />
    </StaffOnly>
  );
}
