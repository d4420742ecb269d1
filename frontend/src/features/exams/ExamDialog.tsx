// The small dialog that makes an exam; everything else is changed on its own page.
import { Button, Group, Modal, NumberInput, Switch, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { failureNotice, notice } from "@/ui/notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import classes from "./ExamDialog.module.css";
import { type ExamFields, examOf, faultsOf, newExamFields } from "./examForm";
import { useSaveExam } from "./examQueries";

export function ExamDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("exams.form.createTitle")}
      closeButtonProps={{ "aria-label": t("common.close") }}
      size="lg"
      centered
    >
      <ExamForm onClose={onClose} />
    </Modal>
  );
}

function useExamForm() {
  const { t } = useTranslation();
  const [initialValues] = useState(() => newExamFields(new Date()));
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

function ExamForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { form, field } = useExamForm();
  const save = useSaveExam();

  const submit = form.onSubmit((fields) =>
    save.mutate(
      { fields: examOf(fields), publish: fields.publish },
      {
        onSuccess: (saved) => {
          onClose();
          if (saved.publishFailed) failureNotice(saved.publishFailed);
          else notice(t("exams.saved", { title: saved.exam.title }));
        },
      },
    ),
  );

  return (
    <form onSubmit={submit} noValidate>
      <ProblemAlert error={save.error} mb="md" />
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
      <Switch
        label={t("exams.form.publish")}
        description={t("exams.form.publishHint")}
        {...form.getInputProps("publish", { type: "checkbox" })}
      />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t("exams.create")}
        </Button>
      </Group>
    </form>
  );
}
