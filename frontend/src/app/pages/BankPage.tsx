// /bank: questions for every exam.
import { QuestionBank } from "@/features/questions/QuestionBank";
import { StaffOnly } from "./StaffOnly";

export function BankPage() {
  return (
    <StaffOnly>
      <QuestionBank />
    </StaffOnly>
  );
}
