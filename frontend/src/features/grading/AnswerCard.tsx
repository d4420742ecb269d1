// One answer and its mark.
import { Badge, Button, Group, NumberInput, Text, Textarea, TextInput } from "@mantine/core";
import { IconCheck, IconPaperclip } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { GradedQuestion, GradingItem } from "@/api/types";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { DownloadButton } from "@/ui/DownloadButton";
import { failureNotice } from "@/ui/notice";
import { wordsIn } from "@/ui/questions/questionTypes";
import { answerLines, rubricSum } from "./answerText";
import classes from "./Grading.module.css";
import { useMark } from "./gradingQueries";
import { downloadAnswerFile } from "./pictures";

type CardProps = { examId: number; question: GradedQuestion; item: GradingItem };

export function AnswerCard({ examId, question, item }: CardProps) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <article className={classes.card} aria-label={t("staff:grading.answerOf", { name: item.student?.full_name ?? item.label })}>
      <Group justify="space-between" gap="xs">
        <span>
          <strong>{item.student?.full_name ?? item.label}</strong>
          {item.student ? (
            <Text component="span" display="block" size="xs" c="dimmed">
              {item.student.email}
            </Text>
          ) : null}
        </span>
        <Group gap={6}>
          {item.late ? (
            <Badge variant="light" color="yellow">
              {t("staff:grading.late")}
            </Badge>
          ) : null}
          {item.outside ? (
            <Badge variant="light" color="yellow">
              {t(`staff:grading.outside.${item.outside.why}`)}
            </Badge>
          ) : null}
          {item.auto_points === null ? null : (
            <Badge variant="light" color="gray">
              {t("staff:grading.auto", { n: format.number(item.auto_points, 2) })}
            </Badge>
          )}
        </Group>
      </Group>
      <Answer question={question} value={item.value} />
      {item.outside ? (
        <section aria-label={t("staff:grading.beside")}>
          <Text size="sm" c="dimmed">
            {t("staff:grading.beside")}
          </Text>
          <Answer question={question} value={item.outside.value} />
        </section>
      ) : null}
      <MarkForm examId={examId} question={question} item={item} />
    </article>
  );
}

function Answer({ question, value }: { question: GradedQuestion; value: unknown }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = useLanguage();
  if (question.type === "file_upload") {
    const files = Array.isArray(value) ? (value as number[]) : [];
    return (
      <Group gap="xs" my="xs">
        {files.map((id, at) => (
          <DownloadButton
            key={id}
            icon={<IconPaperclip size={18} aria-hidden />}
            label={t("question:file", { n: format.number(at + 1) })}
            onDownload={() => downloadAnswerFile(id)}
          />
        ))}
      </Group>
    );
  }
  const lines = answerLines(question, value, language, { yes: t("question:true"), no: t("question:false") });
  if (lines.length === 0) return <Text c="dimmed">{t("staff:grading.empty")}</Text>;
  if (question.type === "code") return <pre className={classes.code}>{lines.join("\n")}</pre>;
  return <p className={classes.answer}>{lines.join("\n")}</p>;
}

function MarkForm({ examId, question, item }: CardProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = useLanguage();
  const mark = useMark(examId);
  const [points, setPoints] = useState<number | "">(item.points ?? item.auto_points ?? "");
  const [comment, setComment] = useState(item.comment);
  const [note, setNote] = useState(item.internal_note);
  const [rubric, setRubric] = useState<Record<string, number>>(item.rubric);
  const [saved, setSaved] = useState(item.marked_at !== null);
  const change = (next: () => void) => {
    setSaved(false);
    next();
  };
  const setLine = (id: string, value: number) =>
    change(() => {
      const next = { ...rubric, [id]: value };
      setRubric(next);
      setPoints(rubricSum(next));
    });
  const save = () =>
    mark.mutate(
      { answerId: item.answer_id, mark: { points: points === "" ? null : points, comment, internal_note: note, rubric } },
      {
        onSuccess: () => setSaved(true),
        onError: failureNotice,
      },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {question.rubric.length > 0 ? (
        <ul className={classes.rubric} aria-label={t("authoring:rubric")}>
          {question.rubric.map((line) => (
            <li key={line.id}>
              <span>{wordsIn(line.text, language).text}</span>
              <NumberInput
                size="xs"
                w={110}
                aria-label={wordsIn(line.text, language).text}
                min={0}
                max={line.points}
                suffix={` / ${format.number(line.points)}`}
                value={rubric[line.id] ?? ""}
                onChange={(value) => setLine(line.id, Number(value))}
              />
            </li>
          ))}
        </ul>
      ) : null}
      <div className={classes.mark}>
        <NumberInput
          label={t("staff:grading.points", { all: format.number(question.points) })}
          w={130}
          min={-question.negative_points}
          max={question.points}
          value={points}
          onChange={(value) => change(() => setPoints(value === "" ? "" : Number(value)))}
        />
        <Textarea
          label={t("staff:grading.comment")}
          autosize
          minRows={1}
          flex="2 1 220px"
          value={comment}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change(() => setComment(value));
          }}
        />
        <TextInput
          label={t("staff:grading.note")}
          flex="1 1 160px"
          value={note}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change(() => setNote(value));
          }}
        />
        <Button
          type="submit"
          variant={saved ? "default" : "filled"}
          loading={mark.isPending}
          leftSection={saved ? <IconCheck size={18} aria-hidden /> : null}
        >
          {t(saved ? "staff:grading.marked" : "common.save")}
        </Button>
      </div>
    </form>
  );
}
