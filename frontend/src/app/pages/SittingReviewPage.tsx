// /review/$sittingId: one sitting on one timeline, with everything that was noted and what people thought of it.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { SittingReview } from "@/features/review/SittingReview";
import { StaffOnly } from "./StaffOnly";

const FROM = "/signed-in/review/$sittingId";

export function SittingReviewPage() {
  const { sittingId } = useParams({ from: FROM });
  const { violation } = useSearch({ from: FROM });
  const navigate = useNavigate();
  const onPick = useCallback(
    (id: number | null) =>
      void navigate({ to: "/review/$sittingId", params: { sittingId }, search: id === null ? {} : { violation: id }, replace: true }),
    [navigate, sittingId],
  );
  const onSitting = useCallback((id: number) => void navigate({ to: "/review/$sittingId", params: { sittingId: id } }), [navigate]);
  return (
    <StaffOnly>
      <SittingReview key={sittingId} sittingId={sittingId} picked={violation ?? null} onPick={onPick} onSitting={onSitting} />
    </StaffOnly>
  );
}
