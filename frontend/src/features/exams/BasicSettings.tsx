// What the exam is called, what students read first, and when it can be sat.
import { Alert, NumberInput, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconCalendarExclamation } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ExamChanges } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { RichText } from "@/ui/RichText";
import classes from "./ExamEditor.module.css";
import { localInput } from "./examForm";
import { useExams } from "./examQueries";
import { overlapping } from "./schedule";
import type { Change } from "./SettingField";

type Part = { draft: ExamChanges; onChange: Change };

export function BasicSettings({ draft, onChange }: Part) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <TextInput
        label={t("exams.form.title")}
        required
        value={draft.title ?? ""}
        error={draft.title?.trim() ? null : t("exams.form.titleMissing")}
        onChange={(event) => onChange({ title: event.currentTarget.value })}
      />
      <TextInput
        label={t("authoring:set.group.label")}
        description={t("authoring:set.group.hint")}
        value={draft.group ?? ""}
        maxLength={100}
        onChange={(event) => onChange({ group: event.currentTarget.value })}
      />
      <Textarea
        label={t("exams.form.description")}
        autosize
        minRows={2}
        value={draft.description ?? ""}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <Textarea
        label={t("authoring:set.instructions.label")}
        description={t("authoring:set.instructions.hint")}
        autosize
        minRows={3}
        value={draft.instructions ?? ""}
        onChange={(event) => onChange({ instructions: event.currentTarget.value })}
      />
      {draft.instructions ? <RichText text={draft.instructions} /> : null}
    </Stack>
  );
}

export function ScheduleSettings({ draft, onChange, examId }: Part & { examId: number }) {
  const { t } = useTranslation();
  const start = draft.start_time ? new Date(draft.start_time) : null;
  const end = draft.end_time ? new Date(draft.end_time) : null;
  const time = (name: "start_time" | "end_time") => (event: React.ChangeEvent<HTMLInputElement>) => {
    const at = new Date(event.currentTarget.value);
    if (!Number.isNaN(at.getTime())) onChange({ [name]: at.toISOString() });
  };
  return (
    <Stack gap="md">
      <div className={classes.times}>
        <TextInput
          type="datetime-local"
          label={t("exams.form.start")}
          value={start ? localInput(start) : ""}
          onChange={time("start_time")}
        />
        <TextInput
          type="datetime-local"
          label={t("exams.form.end")}
          value={end ? localInput(end) : ""}
          error={start && end && end <= start ? t("exams.form.endBeforeStart") : null}
          onChange={time("end_time")}
        />
      </div>
      <NumberInput
        label={t("exams.form.minutes")}
        description={t("exams.form.minutesHint")}
        min={1}
        max={1440}
        allowDecimal={false}
        maw={360}
        value={draft.duration_minutes ?? ""}
        onChange={(value) => onChange({ duration_minutes: Math.max(1, Number(value)) })}
      />
      <Text size="sm" c="dimmed">
        {t("authoring:timezone", { zone: new Intl.DateTimeFormat().resolvedOptions().timeZone })}
      </Text>
      {start && end ? <Conflicts examId={examId} start={start} end={end} /> : null}
    </Stack>
  );
}

/** Own exams at the same time: whoever is on both lists can sit only one. */
function Conflicts({ examId, start, end }: { examId: number; start: Date; end: Date }) {
  const { t } = useTranslation();
  const format = useFormats();
  const exams = useExams();
  const others = overlapping(exams.data ?? [], { id: examId, start: start.getTime(), end: end.getTime() });
  if (others.length === 0) return null;
  return (
    <Alert color="yellow" icon={<IconCalendarExclamation aria-hidden />} p="sm" title={t("authoring:conflicts")}>
      {others.map((one) => (
        <Text key={one.id} size="sm">
          {one.title}: {format.range(new Date(one.start_time), new Date(one.end_time))}
        </Text>
      ))}
    </Alert>
  );
}
