// A student's exams: which, when, how long.
import { Alert, Badge, Text, Title } from "@mantine/core";
import { IconClipboardText, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import type { Exam } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { ExamWindow } from "./ExamWindow";
import { isOpenAt } from "./examForm";
import { useExams } from "./examQueries";
import classes from "./Exams.module.css";

export function StudentExams() {
  const { t } = useTranslation();
  const exams = useExams();
  return (
    <div className={classes.page}>
      <Title order={1} size="h2" mb="md">
        {t("exams.mine")}
      </Title>
      {exams.isPending ? <Loading /> : null}
      {exams.isError ? <Failure problem={asProblem(exams.error)} onRetry={() => void exams.refetch()} /> : null}
      {exams.data?.length === 0 ? (
        <Empty
          icon={<IconClipboardText size={48} aria-hidden />}
          title={t("exams.studentEmptyTitle")}
          text={t("exams.studentEmptyText")}
        />
      ) : null}
      {exams.data?.length ? (
        <Alert icon={<IconInfoCircle aria-hidden />} mb="md">
          {t("exams.studentHow")}
        </Alert>
      ) : null}
      <ul className={classes.list}>
        {exams.data?.map((exam) => (
          <li key={exam.id}>
            <StudentExamCard exam={exam} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function StudentExamCard({ exam }: { exam: Exam }) {
  const { t } = useTranslation();
  const format = useFormats();
  const now = useNow();
  const start = Date.parse(exam.start_time);
  const when = isOpenAt(exam, now) ? "open" : now < start ? "later" : "over";
  return (
    <article className={classes.card}>
      <div className={classes.about}>
        <div className={classes.heading}>
          <h2 className={classes.title}>{exam.title}</h2>
          <Badge variant="light" color={when === "open" ? "teal" : when === "later" ? "blue" : "gray"}>
            {t(`exams.when.${when}`)}
          </Badge>
        </div>
        <ExamWindow exam={exam} />
        {when === "later" && start - now < 86_400_000 ? (
          <Text size="sm">{t("exams.startsIn", { time: format.stopwatch((start - now) / 1000) })}</Text>
        ) : null}
        {exam.description ? <Text size="sm">{exam.description}</Text> : null}
      </div>
    </article>
  );
}
