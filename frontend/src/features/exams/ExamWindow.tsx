// When an exam is open and how long a sitting lasts.
import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Exam } from "@/api/types";
import { useFormats } from "@/lib/useFormats";

export function ExamWindow({ exam }: { exam: Exam }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <Text size="sm" c="dimmed">
      {format.range(new Date(exam.start_time), new Date(exam.end_time))}
      {" · "}
      {t("exams.minutes", { count: exam.duration_minutes, n: format.number(exam.duration_minutes) })}
    </Text>
  );
}
