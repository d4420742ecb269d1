// /exams/$examId/live: everybody who is sitting this exam, as it happens.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { LiveExam } from "@/features/live-wall/LiveExam";

const FROM = "/signed-in/exams/$examId/live";

export function LivePage() {
  const { examId } = useParams({ from: FROM });
  const { student } = useSearch({ from: FROM });
  const navigate = useNavigate();
  // The chosen student is part of the address, so that a link to one sitting can be shared and reopened.
  const onSelect = useCallback(
    (id: number | null) =>
      void navigate({
        to: "/exams/$examId/live",
        params: { examId },
        search: id === null ? {} : { student: id },
        replace: true,
      }),
    [navigate, examId],
  );
  return <LiveExam key={examId} examId={examId} selected={student ?? null} onSelect={onSelect} />;
}
