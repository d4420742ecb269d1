// What is there and what is missing before students see the exam, and the button that shows it to them.
import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCopy, IconSend } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ChecklistItem, Exam } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { failureNotice, notice } from "@/ui/notice";
import { problemText } from "@/ui/problemText";
import { useChecklist, useDuplicateExam } from "./editQueries";
import classes from "./ExamEditor.module.css";
import { usePublishExam } from "./examQueries";

export function ChecklistBox({ exam, isDirty }: { exam: Exam; isDirty: boolean }) {
  const { t } = useTranslation();
  const checklist = useChecklist(exam.id);
  const publish = usePublishExam();
  const isDraft = exam.status === "draft";
  const open = checklist.data?.items.filter((item) => !item.ok).length ?? 0;
  return (
    <section className={classes.section} aria-labelledby="checklist-title">
      <Group justify="space-between" gap="xs">
        <h2 id="checklist-title" className={classes.title} style={{ margin: 0 }}>
          {t("authoring:checklist.title")}
        </h2>
        <Group gap="xs">
          <Duplicate examId={exam.id} />
          {isDraft ? (
            <Button
              leftSection={<IconSend size={18} aria-hidden />}
              disabled={isDirty}
              loading={publish.isPending}
              onClick={() =>
                publish.mutate(exam.id, {
                  onSuccess: () => notice(t("authoring:checklist.published", { title: exam.title })),
                  onError: failureNotice,
                })
              }
            >
              {t("exams.publish")}
            </Button>
          ) : null}
        </Group>
      </Group>
      {checklist.isError ? (
        <Alert color="gray" mt="xs" p="xs">
          {problemText(t, checklist.error)}
        </Alert>
      ) : null}
      {checklist.data ? (
        <>
          <Text size="sm" c="dimmed">
            {t(open === 0 ? "authoring:checklist.ready" : "authoring:checklist.open")}
          </Text>
          <ul className={classes.list}>
            {checklist.data.items.map((item) => (
              <Item key={item.code} item={item} />
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}

/** What counts what is missing has nothing to count where all is well. */
const COUNTS_MISSING = new Set(["languages", "sections", "pools", "pictures"]);

function Item({ item }: { item: ChecklistItem }) {
  const { t } = useTranslation();
  const format = useFormats();
  const params = Object.fromEntries(
    Object.entries(item.params).map(([name, value]) => [name, typeof value === "number" ? format.number(value, 2) : value]),
  );
  const text = item.ok && COUNTS_MISSING.has(item.code) ? "fine" : "item";
  const Icon = item.ok ? IconCircleCheck : IconAlertTriangle;
  return (
    <li className={classes.item} data-ok={item.ok}>
      <Icon size={18} aria-hidden />
      <span className="visually-hidden">{t(item.ok ? "authoring:checklist.ok" : "authoring:checklist.missing")} </span>
      {t(`authoring:checklist.${text}.${item.code}`, { ...params, defaultValue: item.code.replaceAll("_", " ") })}
    </li>
  );
}

function Duplicate({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const duplicate = useDuplicateExam();
  return (
    <Button
      variant="default"
      leftSection={<IconCopy size={18} aria-hidden />}
      loading={duplicate.isPending}
      onClick={() =>
        duplicate.mutate(examId, {
          onSuccess: (copy) => {
            notice(t("authoring:duplicated", { title: copy.title }));
            void navigate({ to: `/exams/${copy.id}/edit` });
          },
          onError: failureNotice,
        })
      }
    >
      {t("authoring:duplicate")}
    </Button>
  );
}
