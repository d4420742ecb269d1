// A teacher's or administrator's exams: what runs, when, how many sit it, and the way to the live page.
import { Button, Group, Title } from "@mantine/core";
import { IconClipboardText, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import type { Exam } from "@/api/types";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { ExamDialog } from "./ExamDialog";
import { useExams } from "./examQueries";
import classes from "./Exams.module.css";
import { StaffExamCard } from "./StaffExamCard";

export function StaffExams() {
  const { t } = useTranslation();
  const exams = useExams();
  const [edited, setEdited] = useState<Exam | "new" | null>(null);
  const create = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEdited("new")}>
      {t("exams.create")}
    </Button>
  );
  return (
    <div className={classes.page}>
      <Group justify="space-between" mb="md">
        <Title order={1} size="h2">
          {t("exams.title")}
        </Title>
        {exams.data?.length ? create : null}
      </Group>
      {exams.isPending ? <Loading /> : null}
      {exams.isError ? <Failure problem={asProblem(exams.error)} onRetry={() => void exams.refetch()} /> : null}
      {exams.data?.length === 0 ? (
        <Empty
          icon={<IconClipboardText size={48} aria-hidden />}
          title={t("exams.emptyTitle")}
          text={t("exams.emptyText")}
          action={create}
        />
      ) : null}
      <ul className={classes.list}>
        {exams.data?.map((exam) => (
          <li key={exam.id}>
            <StaffExamCard exam={exam} onEdit={() => setEdited(exam)} />
          </li>
        ))}
      </ul>
      {edited ? <ExamDialog exam={edited === "new" ? null : edited} onClose={() => setEdited(null)} /> : null}
    </div>
  );
}
