// An exam's questions: their order and sections left, the one being written right.
import { Button, Group, Text, Title } from "@mantine/core";
import { IconBooks, IconEye, IconFileImport, IconFolderPlus, IconListNumbers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { failureNotice, notice } from "@/ui/notice";
import type { QuestionType } from "@/ui/questions/questionTypes";
import { BankDialog } from "./BankDialog";
import { ImportDialog } from "./ImportDialog";
import { ExportMenu } from "./ExportMenu";
import { NewQuestionMenu } from "./NewQuestionMenu";
import { PaperPreview } from "./PaperPreview";
import { PickOne } from "./PickOne";
import { draftOf, freshQuestion, type Question } from "./questionDraft";
import { QuestionForm } from "./QuestionForm";
import { QuestionList } from "./QuestionList";
import { type Section, useDeleteQuestion, useQuestions, useSections, useToBank } from "./questionQueries";
import classes from "./Questions.module.css";
import { SectionDialog } from "./SectionDialog";

type Shown = { kind: "import" | "bank" | "newSection" | "preview" } | { kind: "section"; section: Section } | { kind: "delete"; question: Question };
type Written = { id: number } | { type: QuestionType } | null;

export function QuestionEditor({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const questions = useQuestions(examId);
  const sections = useSections(examId);
  const [written, setWritten] = useState<Written>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const toBank = useToBank();
  if (questions.isPending || sections.isPending) return <Loading />;
  const failed = questions.error ?? sections.error;
  if (!questions.data || !sections.data) {
    return <Failure error={failed} onRetry={() => void Promise.all([questions.refetch(), sections.refetch()])} />;
  }
  const chosen = written && "id" in written ? questions.data.find((one) => one.id === written.id) : undefined;
  const points = questions.data.reduce((sum, one) => sum + one.points, 0);
  return (
    <div className={classes.page}>
      <Group className={classes.wide} justify="space-between" gap="xs">
        <div>
          <Title order={1} size="h2">
            {t("authoring:questions")}
          </Title>
          <Text c="dimmed">
            {t("authoring:questionCount", { count: questions.data.length, n: format.number(questions.data.length) })}
            {" · "}
            {t("authoring:pointCount", { count: points, n: format.number(points) })}
          </Text>
        </div>
        <Toolbar examId={examId} onShow={setShown} onNew={(type) => setWritten({ type })} />
      </Group>
      {questions.data.length === 0 && !written ? (
        <div className={classes.wide}>
          <Empty
            icon={<IconListNumbers size={48} aria-hidden />}
            title={t("authoring:noQuestions")}
            text={t("authoring:noQuestionsText")}
          />
        </div>
      ) : (
        <QuestionList
          examId={examId}
          questions={questions.data}
          sections={sections.data}
          chosenId={chosen?.id ?? null}
          onOpen={(id) => setWritten({ id })}
          onDelete={(question) => setShown({ kind: "delete", question })}
          onSection={(section) => setShown({ kind: "section", section })}
          onToBank={(id) =>
            toBank.mutate(id, {
              onSuccess: () => notice(t("authoring:inBank")),
              onError: failureNotice,
            })
          }
        />
      )}
      {written ? (
        <QuestionForm
          key={chosen ? `stored-${chosen.id}` : JSON.stringify(written)}
          home={{ examId }}
          id={chosen?.id ?? null}
          initial={chosen ? draftOf(chosen) : freshQuestion("type" in written ? written.type : "single_choice")}
          onSaved={(question) => setWritten({ id: question.id })}
          onCancel={() => setWritten(null)}
        />
      ) : questions.data.length > 0 ? (
        <PickOne />
      ) : null}
      <Dialogs examId={examId} shown={shown} onClose={() => setShown(null)} onDeleted={() => setWritten(null)} />
    </div>
  );
}

function Toolbar(props: { examId: number; onShow: (shown: Shown) => void; onNew: (type: QuestionType) => void }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs">
      <Button variant="default" leftSection={<IconFileImport size={18} aria-hidden />} onClick={() => props.onShow({ kind: "import" })}>
        {t("authoring:import.button")}
      </Button>
      <ExportMenu examId={props.examId} />
      <Button variant="default" leftSection={<IconBooks size={18} aria-hidden />} onClick={() => props.onShow({ kind: "bank" })}>
        {t("authoring:fromBank")}
      </Button>
      <Button variant="default" leftSection={<IconFolderPlus size={18} aria-hidden />} onClick={() => props.onShow({ kind: "newSection" })}>
        {t("authoring:newSection")}
      </Button>
      <Button variant="default" leftSection={<IconEye size={18} aria-hidden />} onClick={() => props.onShow({ kind: "preview" })}>
        {t("authoring:previewAll")}
      </Button>
      <NewQuestionMenu onNew={props.onNew} />
    </Group>
  );
}


function Dialogs(props: { examId: number; shown: Shown | null; onClose: () => void; onDeleted: () => void }) {
  const { t } = useTranslation();
  const { shown, onClose, examId } = props;
  const remove = useDeleteQuestion({ examId });
  if (!shown) return null;
  switch (shown.kind) {
    case "import":
      return <ImportDialog examId={examId} onClose={onClose} />;
    case "bank":
      return <BankDialog examId={examId} onClose={onClose} />;
    case "preview":
      return <PaperPreview examId={examId} onClose={onClose} />;
    case "newSection":
      return <SectionDialog examId={examId} section={null} onClose={onClose} />;
    case "section":
      return <SectionDialog examId={examId} section={shown.section} onClose={onClose} />;
    default:
      return (
        <ConfirmDialog
          opened
          dangerous
          title={t("authoring:deleteTitle")}
          text={t("authoring:deleteText")}
          confirm={t("common.delete")}
          busy={remove.isPending}
          onClose={onClose}
          onConfirm={() =>
            remove.mutate(shown.question.id, {
              onSuccess: () => {
                props.onDeleted();
                onClose();
              },
              onError: failureNotice,
            })
          }
        />
      );
  }
}
