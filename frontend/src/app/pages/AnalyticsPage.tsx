// /analytics: figures over exams and time.
import { Analytics } from "@/features/analytics/Analytics";
import { StaffOnly } from "./StaffOnly";

export function AnalyticsPage() {
  return (
    <StaffOnly>
      <Analytics />
    </StaffOnly>
  );
}
