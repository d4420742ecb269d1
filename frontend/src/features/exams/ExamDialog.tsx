// The small dialog that makes or changes an exam.
import { Alert, Button, Group, Modal, NumberInput, Switch, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import type { Exam } from "@/api/types";
import { notice } from "@/ui/notice";
import { problemText } from "@/ui/problemText";
import classes from "./ExamDialog.module.css";
import { type ExamFields, examOf, faultsOf, fieldsOf, newExamFields } from "./examForm";
import { useSaveExam } from "./examQueries";

/** `exam` is the one to change, null for a new one. */
export function ExamDialog({ exam, onClose }: { exam: Exam | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(exam ? "exams.form.changeTitle" : "exams.form.createTitle")}
      closeButtonProps={{ "aria-label": t("common.close") }}
      size="lg"
      centered
    >
      <ExamForm exam={exam} onClose={onClose} />
    </Modal>
  );
}

function useExamForm(exam: Exam | null) {
  const { t } = useTranslation();
  const [initialValues] = useState(() => (exam ? fieldsOf(exam) : newExamFields(new Date())));
  const form = useForm<ExamFields>({
    initialValues,
    validate: (fields) => faultsOf(fields),
  });
  const field = (name: keyof ExamFields) => {
    const fault = form.errors[name];
    return { ...form.getInputProps(name), error: fault ? t(String(fault)) : null };
  };
  return { form, field };
}

function ExamForm({ exam, onClose }: { exam: Exam | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { form, field } = useExamForm(exam);
  const save = useSaveExam();
  const mayPublish = !exam || exam.status === "draft";

  const submit = form.onSubmit((fields) =>
    save.mutate(
      { id: exam?.id ?? null, fields: examOf(fields), publish: mayPublish && fields.publish },
      {
        onSuccess: (saved) => {
          onClose();
          if (saved.publishFailed) notice(problemText(t, asProblem(saved.publishFailed)), { failed: true });
          else notice(t("exams.saved", { title: saved.exam.title }));
        },
      },
    ),
  );

  return (
    <form onSubmit={submit} noValidate>
      {save.isError ? (
        <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} mb="md">
          {problemText(t, asProblem(save.error))}
        </Alert>
      ) : null}
      <TextInput label={t("exams.form.title")} required mb="md" data-autofocus {...field("title")} />
      <Textarea label={t("exams.form.description")} autosize minRows={2} mb="md" {...field("description")} />
      <div className={classes.times}>
        <TextInput type="datetime-local" label={t("exams.form.start")} required {...field("start")} />
        <TextInput type="datetime-local" label={t("exams.form.end")} required {...field("end")} />
      </div>
      <NumberInput
        label={t("exams.form.minutes")}
        description={t("exams.form.minutesHint")}
        required
        min={1}
        allowDecimal={false}
        hideControls
        maw={280}
        mb="md"
        {...field("minutes")}
      />
      {mayPublish ? (
        <Switch
          label={t("exams.form.publish")}
          description={t("exams.form.publishHint")}
          {...form.getInputProps("publish", { type: "checkbox" })}
        />
      ) : null}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t(exam ? "common.save" : "exams.create")}
        </Button>
      </Group>
    </form>
  );
}
