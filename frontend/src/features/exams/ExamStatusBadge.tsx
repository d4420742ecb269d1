// An exam's state in one word.
import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ExamStatus } from "@/api/types";

const COLOURS: Record<ExamStatus, string> = {
  draft: "gray",
  published: "blue",
  active: "teal",
  completed: "gray",
  cancelled: "red",
};

export function ExamStatusBadge({ status }: { status: ExamStatus }) {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={COLOURS[status]}>
      {t(`exams.status.${status}`)}
    </Badge>
  );
}
