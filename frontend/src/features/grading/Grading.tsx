// Giving marks: question by question or student by student, with rubric, without names where the exam says so.
import { Badge, NavLink, SegmentedControl, Switch, Text, Title } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { GradedQuestion, GradingSummary } from "@/api/types";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { wordsIn } from "@/ui/questions/questionTypes";
import { RichLine } from "@/ui/RichLine";
import { RichText } from "@/ui/RichText";
import { AnswerCard } from "./AnswerCard";
import classes from "./Grading.module.css";
import { loadQuestionPicture } from "./pictures";
import { type Stretch, useAnswers, useResults, useSummary } from "./gradingQueries";

type By = "question" | "student";

export function Grading({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const summary = useSummary(examId);
  const [by, setBy] = useState<By>("question");
  const [waiting, setWaiting] = useState(true);
  const [questionId, setQuestionId] = useState<number | null>(null);
  const [sittingId, setSittingId] = useState<number | null>(null);
  if (summary.isPending) return <Loading />;
  if (summary.isError) return <Failure error={summary.error} onRetry={() => void summary.refetch()} />;
  const first = summary.data.find((one) => one.to_mark > 0) ?? summary.data.find((one) => one.by_hand) ?? summary.data[0];
  const shownQuestion = questionId ?? first?.question_id ?? null;
  const stretch: Stretch | null =
    by === "question"
      ? shownQuestion === null
        ? null
        : { questionId: shownQuestion, waiting }
      : sittingId === null
        ? null
        : { sittingId, waiting };
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Title order={1} size="h2">
          {t("staff:tabs.grading")}
        </Title>
        <SegmentedControl
          aria-label={t("staff:grading.by")}
          value={by}
          onChange={(value) => setBy(value as By)}
          data={(["question", "student"] as const).map((value) => ({ value, label: t(`staff:grading.by_${value}`) }))}
        />
        <Switch label={t("staff:grading.waitingOnly")} checked={waiting} onChange={(event) => setWaiting(event.currentTarget.checked)} />
      </div>
      {summary.data.length === 0 ? (
        <Empty icon={<IconChecklist size={48} aria-hidden />} title={t("authoring:noQuestions")} text={t("staff:grading.nothing")} />
      ) : (
        <div className={classes.columns}>
          <nav className={classes.list} aria-label={t(`staff:grading.by_${by}`)}>
            {by === "question" ? (
              <QuestionLinks summary={summary.data} chosen={shownQuestion} onPick={setQuestionId} />
            ) : (
              <StudentLinks examId={examId} chosen={sittingId} onPick={setSittingId} />
            )}
          </nav>
          {stretch ? <Answers key={JSON.stringify(stretch)} examId={examId} stretch={stretch} /> : <Text c="dimmed">{t("staff:grading.choose")}</Text>}
        </div>
      )}
    </div>
  );
}

function QuestionLinks(props: { summary: readonly GradingSummary[]; chosen: number | null; onPick: (id: number) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = useLanguage();
  return props.summary.map((one, at) => (
    <NavLink
      key={one.question_id}
      component="button"
      active={one.question_id === props.chosen}
      label={
        <>
          {format.number(at + 1)}. <RichLine {...wordsIn(one.text, language)} />
        </>
      }
      description={
        one.to_mark > 0
          ? t("staff:grading.toMark", { count: one.to_mark, n: format.number(one.to_mark) })
          : t(one.by_hand ? "staff:grading.allMarked" : "staff:grading.marksItself")
      }
      onClick={() => props.onPick(one.question_id)}
    />
  ));
}

/** Where the exam is marked without names, sittings have numbers here; the results page has the names. */
function StudentLinks(props: { examId: number; chosen: number | null; onPick: (id: number) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const results = useResults(props.examId);
  if (results.isPending) return <Loading />;
  if (results.isError) return <Failure error={results.error} onRetry={() => void results.refetch()} />;
  return results.data.results.map((one, at) => (
    <NavLink
      key={one.exam_session_id}
      component="button"
      active={one.exam_session_id === props.chosen}
      label={t("staff:grading.sitting", { n: format.number(at + 1) })}
      description={
        one.to_mark > 0 ? t("staff:grading.toMark", { count: one.to_mark, n: format.number(one.to_mark) }) : t("staff:grading.allMarked")
      }
      onClick={() => props.onPick(one.exam_session_id)}
    />
  ));
}

function Answers({ examId, stretch }: { examId: number; stretch: Stretch }) {
  const { t } = useTranslation();
  const format = useFormats();
  const answers = useAnswers(examId, stretch);
  if (answers.isPending) return <Loading />;
  if (answers.isError) return <Failure error={answers.error} onRetry={() => void answers.refetch()} />;
  const { questions, items, total } = answers.data;
  const questionOf = new Map(questions.map((one) => [one.id, one]));
  const [only] = questions;
  return (
    <div className={classes.answers}>
      {stretch.questionId !== undefined && only ? <QuestionCard question={only} /> : null}
      {items.length === 0 ? (
        <Text c="dimmed">{t(stretch.waiting ? "staff:grading.noneWaiting" : "staff:grading.noAnswers")}</Text>
      ) : (
        <Text size="sm" c="dimmed">
          {t("staff:grading.answers", { count: total, n: format.number(total) })}
        </Text>
      )}
      <ol className={classes.plain}>
        {items.map((item) => {
          const question = questionOf.get(item.question_id);
          return question ? (
            <li key={item.answer_id}>
              {stretch.questionId === undefined ? <QuestionCard question={question} /> : null}
              <AnswerCard examId={examId} question={question} item={item} />
            </li>
          ) : null;
        })}
      </ol>
    </div>
  );
}

function QuestionCard({ question }: { question: GradedQuestion }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { text, lang } = wordsIn(question.text, useLanguage());
  return (
    <section className={classes.question}>
      <RichText text={text} lang={lang} loadPicture={loadQuestionPicture} />
      <Badge variant="light" color="gray" size="lg" flex="none">
        {t("authoring:pointCount", { count: question.points, n: format.number(question.points) })}
      </Badge>
    </section>
  );
}
