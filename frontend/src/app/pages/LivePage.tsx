// /exams/$examId/live: everybody who is sitting this exam, as it happens.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { useUser } from "@/api/useUser";
import { LiveExam } from "@/features/live-wall/LiveExam";
import { ExamTabs } from "@/ui/ExamTabs";

const FROM = "/signed-in/exams/$examId/live";

export function LivePage() {
  const { examId } = useParams({ from: FROM });
  const { student, group } = useSearch({ from: FROM });
  const navigate = useNavigate();
  const user = useUser();
  const go = useCallback(
    (search: { student?: number | undefined; group?: string | undefined }) =>
      void navigate({
        to: "/exams/$examId/live",
        params: { examId },
        search: (known) => ({ ...known, ...search }),
        replace: true,
      }),
    [navigate, examId],
  );
  const onSelect = useCallback((id: number | null) => go({ student: id ?? undefined }), [go]);
  const onGroup = useCallback((name: string | null) => go({ group: name ?? undefined }), [go]);
  return (
    <>
      {user && user.role !== "student" ? <ExamTabs examId={examId} /> : null}
      <LiveExam
        key={examId}
        examId={examId}
        selected={student ?? null}
        onSelect={onSelect}
        group={group ?? null}
        onGroup={onGroup}
      />
    </>
  );
}
