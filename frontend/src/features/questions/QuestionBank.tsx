// Questions that belong to no exam, for every exam to take.
import { ActionIcon, Group, Title } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { failureNotice } from "@/ui/notice";
import type { QuestionType } from "@/ui/questions/questionTypes";
import { BankSearch } from "./BankSearch";
import { NewQuestionMenu } from "./NewQuestionMenu";
import { PickOne } from "./PickOne";
import { draftOf, freshQuestion, type Question } from "./questionDraft";
import { QuestionForm } from "./QuestionForm";
import { useDeleteQuestion } from "./questionQueries";
import classes from "./Questions.module.css";

export function QuestionBank() {
  const { t } = useTranslation();
  const [written, setWritten] = useState<Question | { type: QuestionType } | null>(null);
  const [leaving, setLeaving] = useState<Question | null>(null);
  const remove = useDeleteQuestion("bank");
  const stored = written && "id" in written ? written : null;
  return (
    <div className={classes.page}>
      <Group className={classes.wide} justify="space-between" gap="xs">
        <Title order={1} size="h2">
          {t("nav.bank")}
        </Title>
        <NewQuestionMenu onNew={(type) => setWritten({ type })} />
      </Group>
      <section className={classes.box} aria-label={t("nav.bank")}>
        <BankSearch
          chosenId={stored?.id ?? null}
          onOpen={setWritten}
          renderAfter={(question, text) => (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t("authoring:deleteOne", { text })}
              onClick={() => setLeaving(question)}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          )}
        />
      </section>
      {written ? (
        <QuestionForm
          key={stored ? `stored-${stored.id}` : written.type}
          home="bank"
          id={stored?.id ?? null}
          initial={stored ? draftOf(stored) : freshQuestion(written.type)}
          onSaved={setWritten}
          onCancel={() => setWritten(null)}
        />
      ) : (
        <PickOne />
      )}
      <ConfirmDialog
        opened={leaving !== null}
        dangerous
        title={t("authoring:deleteTitle")}
        text={t("authoring:deleteText")}
        confirm={t("common.delete")}
        busy={remove.isPending}
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (!leaving) return;
          remove.mutate(leaving.id, {
            onSettled: () => setLeaving(null),
            onSuccess: () => setWritten(null),
            onError: failureNotice,
          });
        }}
      />
    </div>
  );
}
