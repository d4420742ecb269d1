// /: the exams of the one who is signed in.
import { useUser } from "@/api/useUser";
import { StaffExams } from "@/features/exams/StaffExams";
import { StudentExams } from "@/features/exams/StudentExams";

export function ExamsPage() {
  const user = useUser();
  if (!user) return null;
  return user.role === "student" ? <StudentExams /> : <StaffExams />;
}
