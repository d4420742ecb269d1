// A teacher's or administrator's exams: what runs, when, how many sit it, and the way to the live page.
import { Button, Group, Title } from "@mantine/core";
import { IconCalendar, IconClipboardText, IconFlask, IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUser } from "@/api/useUser";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { ExamDialog } from "./ExamDialog";
import { useDemoOffer, useExams } from "./examQueries";
import classes from "./Exams.module.css";
import { StaffExamCard } from "./StaffExamCard";

export function StaffExams() {
  const { t } = useTranslation();
  const exams = useExams();
  const [creating, setCreating] = useState(false);
  const create = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setCreating(true)}>
      {t("exams.create")}
    </Button>
  );
  return (
    <div className={classes.page}>
      <Group justify="space-between" mb="md">
        <Title order={1} size="h2">
          {t("exams.title")}
        </Title>
        {exams.data?.length ? (
          <Group gap="xs">
            <Button
              component={Link}
              to="/calendar"
              variant="default"
              leftSection={<IconCalendar size={18} aria-hidden />}
            >
              {t("authoring:calendar.title")}
            </Button>
            {create}
          </Group>
        ) : null}
      </Group>
      {exams.isPending ? <Loading /> : null}
      {exams.isError ? <Failure error={exams.error} onRetry={() => void exams.refetch()} /> : null}
      {exams.data?.length === 0 ? (
        <Empty
          icon={<IconClipboardText size={48} aria-hidden />}
          title={t("exams.emptyTitle")}
          text={t("exams.emptyText")}
          action={
            <Group gap="xs" justify="center">
              {create}
              <DemoOffer />
            </Group>
          }
        />
      ) : null}
      <ul className={classes.list}>
        {exams.data?.map((exam) => (
          <li key={exam.id}>
            <StaffExamCard exam={exam} />
          </li>
        ))}
      </ul>
      {creating ? <ExamDialog onClose={() => setCreating(false)} /> : null}
    </div>
  );
}

/** Somebody who only looks around need not write an exam first. */
function DemoOffer() {
  const { t } = useTranslation();
  const offered = useDemoOffer(useUser()?.role === "admin");
  if (!offered) return null;
  return (
    <Button component={Link} to="/admin/demo" variant="default" leftSection={<IconFlask size={18} aria-hidden />}>
      {t("staff:admin.demo.offer")}
    </Button>
  );
}
