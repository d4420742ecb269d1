// One exam in the staff's list.
import { ActionIcon, Badge, Button, Menu, Text } from "@mantine/core";
import {
  IconChartBar,
  IconChecklist,
  IconDotsVertical,
  IconEdit,
  IconEye,
  IconListNumbers,
  IconLivePhoto,
  IconSend,
  IconTrash,
  IconUsers,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Exam } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { failureNotice, notice } from "@/ui/notice";
import { ExamStatusBadge } from "./ExamStatusBadge";
import { ExamWindow } from "./ExamWindow";
import { isOpenAt } from "./examForm";
import { useDeleteExam, usePublishExam, useSittings } from "./examQueries";
import classes from "./Exams.module.css";

const PLACES = [
  { place: "edit", icon: IconEdit },
  { place: "questions", icon: IconListNumbers },
  { place: "students", icon: IconUsers },
  { place: "review", icon: IconEye },
  { place: "grading", icon: IconChecklist },
  { place: "results", icon: IconChartBar },
] as const;

const OVER: ReadonlySet<string> = new Set(["completed", "cancelled"]);

export function StaffExamCard({ exam }: { exam: Exam }) {
  const { t } = useTranslation();
  const format = useFormats();
  const isOpen = isOpenAt(exam, useNow(30_000));
  const sittings = useSittings(exam, isOpen);
  const counted = sittings.data;
  const isOver = OVER.has(exam.status) && !counted?.live;
  return (
    <article className={classes.card}>
      <div className={classes.about}>
        <div className={classes.heading}>
          <h2 className={classes.title}>
            <Link to="/exams/$examId/edit" params={{ examId: exam.id }} className={classes.way}>
              {exam.title}
            </Link>
          </h2>
          <ExamStatusBadge status={exam.status} />
          {exam.demo_data ? (
            <Badge variant="light" color="gray">
              {t("staff:admin.demo.badge")}
            </Badge>
          ) : null}
        </div>
        <ExamWindow exam={exam} />
        {counted ? (
          <Text size="sm">
            {counted.live > 0 ? (
              <strong className={classes.live}>
                {t("exams.liveNow", { count: counted.live, n: format.number(counted.live) })}
              </strong>
            ) : isOver ? null : (
              t("exams.nobodyLive")
            )}
            {isOver || counted.all === 0 ? null : " · "}
            {counted.all > 0 ? t("exams.sittings", { count: counted.all, n: format.number(counted.all) }) : null}
          </Text>
        ) : null}
      </div>
      <div className={classes.actions}>
        {exam.status === "draft" ? <PublishButton exam={exam} /> : null}
        {isOver ? (
          <Button component={Link} to={`/exams/${exam.id}/review`} leftSection={<IconEye size={18} aria-hidden />} variant="default">
            {t("staff:tabs.review")}
          </Button>
        ) : null}
        {exam.status === "draft" || isOver ? null : (
          <Button
            component={Link}
            to={`/exams/${exam.id}/live`}
            leftSection={<IconLivePhoto size={18} aria-hidden />}
            variant={counted?.live ? "filled" : "default"}
          >
            {t("exams.watch")}
          </Button>
        )}
        <ExamMenu exam={exam} />
      </div>
    </article>
  );
}

function PublishButton({ exam }: { exam: Exam }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const publish = usePublishExam();
  const confirm = () =>
    publish.mutate(exam.id, {
      onSettled: () => setAsked(false),
      onError: failureNotice,
    });
  return (
    <>
      <Button leftSection={<IconSend size={18} aria-hidden />} onClick={() => setAsked(true)}>
        {t("exams.publish")}
      </Button>
      <ConfirmDialog
        opened={asked}
        title={t("exams.publishTitle", { title: exam.title })}
        text={t("exams.publishText")}
        confirm={t("exams.publish")}
        busy={publish.isPending}
        onConfirm={confirm}
        onClose={() => setAsked(false)}
      />
    </>
  );
}

function ExamMenu({ exam }: { exam: Exam }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const remove = useDeleteExam();
  const confirm = () =>
    remove.mutate(exam.id, {
      onSettled: () => setAsked(false),
      onSuccess: () => notice(t("exams.deleted", { title: exam.title })),
      onError: failureNotice,
    });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t("exams.more", { title: exam.title })}>
            <IconDotsVertical size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {PLACES.map(({ place, icon: Icon }) => (
            <Menu.Item
              key={place}
              component={Link}
              to={`/exams/${exam.id}/${place}`}
              leftSection={<Icon size={18} aria-hidden />}
            >
              {t(`staff:tabs.${place}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconTrash size={18} aria-hidden />}
            color="var(--mantine-color-error)"
            onClick={() => setAsked(true)}
          >
            {t("exams.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asked}
        dangerous
        title={t("exams.deleteTitle", { title: exam.title })}
        text={t("exams.deleteText")}
        confirm={t("exams.delete")}
        busy={remove.isPending}
        onConfirm={confirm}
        onClose={() => setAsked(false)}
      />
    </>
  );
}
