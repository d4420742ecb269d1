// The exam's own page: every setting in groups, each with its consequence, and what is missing before publication.
import { Button, Group, Text, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Exam, ExamChanges } from "@/api/types";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { notice } from "@/ui/notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { AccessSettings } from "./AccessSettings";
import { BasicSettings, ScheduleSettings } from "./BasicSettings";
import { ChecklistBox } from "./ChecklistBox";
import { DetectionSettings } from "./DetectionSettings";
import { useExam, useUpdateExam } from "./editQueries";
import classes from "./ExamEditor.module.css";
import { ExamStatusBadge } from "./ExamStatusBadge";
import { SettingFields } from "./SettingField";
import { changesOf, LOCKDOWN, RESULTS, ROOM } from "./settings";
import { StakesPicker } from "./StakesPicker";

export function ExamEditor({ examId }: { examId: number }) {
  const exam = useExam(examId);
  if (exam.isPending) return <Loading />;
  if (exam.isError) return <Failure error={exam.error} onRetry={() => void exam.refetch()} />;
  return <Editor key={examId} exam={exam.data} />;
}

const SECTIONS = ["basics", "schedule", "access", "proctoring", "room", "lockdown", "results"] as const;
type Section = (typeof SECTIONS)[number];

/** The draft holds what was touched; everything else follows the stored exam. */
function useDraft(exam: Exam) {
  const [touched, setTouched] = useState<ExamChanges>({});
  const draft: ExamChanges = { ...exam, ...touched };
  const changes = changesOf(exam, touched);
  const isDirty = Object.keys(changes).length > 0;
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isDirty]);
  return {
    draft,
    changes,
    isDirty,
    change: (some: ExamChanges) => setTouched((known) => ({ ...known, ...some })),
    reset: () => setTouched({}),
  };
}

function Editor({ exam }: { exam: Exam }) {
  const { t } = useTranslation();
  const { draft, changes, isDirty, change, reset } = useDraft(exam);
  const update = useUpdateExam(exam.id);
  const save = () =>
    update.mutate(changes, {
      onSuccess: (saved) => {
        reset();
        notice(t("exams.saved", { title: saved.title }));
      },
    });
  const part = { draft, onChange: change };
  const bodies: Record<Section, React.ReactNode> = {
    basics: <BasicSettings {...part} />,
    schedule: <ScheduleSettings {...part} examId={exam.id} />,
    access: <AccessSettings {...part} hasPassword={exam.has_password} examId={exam.id} />,
    proctoring: (
      <>
        <StakesPicker {...part} />
        <DetectionSettings {...part} />
      </>
    ),
    room: <SettingFields settings={ROOM} {...part} />,
    lockdown: <SettingFields settings={LOCKDOWN} {...part} />,
    results: <SettingFields settings={RESULTS} {...part} />,
  };
  return (
    <form
      className={classes.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <nav className={classes.contents} aria-label={t("authoring:contents")}>
        {SECTIONS.map((section) => (
          <a key={section} href={`#${section}`} className={classes.way}>
            {t(`authoring:section.${section}`)}
          </a>
        ))}
      </nav>
      <div className={classes.sections}>
        <Group gap="sm">
          <Title order={1} size="h2">
            {exam.title}
          </Title>
          <ExamStatusBadge status={exam.status} />
        </Group>
        <ChecklistBox exam={exam} isDirty={isDirty} />
        {SECTIONS.map((section) => (
          <section key={section} id={section} className={classes.section} aria-labelledby={`${section}-title`}>
            <h2 id={`${section}-title`} className={classes.title}>
              {t(`authoring:section.${section}`)}
            </h2>
            {bodies[section]}
          </section>
        ))}
      </div>
      <div className={classes.bar} data-dirty={isDirty || undefined}>
        {update.isError ? (
          <ProblemAlert error={update.error} p="xs" flex={1} />
        ) : (
          <Text size="sm" role="status" c="dimmed">
            {isDirty ? t("authoring:unsaved") : t("authoring:allSaved")}
          </Text>
        )}
        <Group gap="xs" wrap="nowrap">
          <Button variant="default" disabled={!isDirty} onClick={reset}>
            {t("authoring:discard")}
          </Button>
          <Button type="submit" disabled={!isDirty} loading={update.isPending}>
            {t("common.save")}
          </Button>
        </Group>
      </div>
    </form>
  );
}
