// What waits for a human look, in the order in which a look would change most.
import { Badge, Button, Group, SegmentedControl, Text, Title } from "@mantine/core";
import { IconDownload, IconEyeCheck, IconScale } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { download } from "@/api/call";
import type { QueueItem } from "@/api/types";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { DownloadButton } from "@/ui/DownloadButton";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { kindName } from "@/ui/names";
import { TrustBadge } from "@/ui/TrustBadge";
import classes from "./ReviewQueue.module.css";
import { QUEUE_STATUS, type QueueStatus, useQueue } from "./reviewQueries";

/** `examId` limits the queue to one exam. */
export function ReviewQueue({ examId = null }: { examId?: number | null }) {
  const { t } = useTranslation();
  const [status, setStatus] = useState<QueueStatus>("open");
  const queue = useQueue(examId, status);
  const items = queue.data?.pages.flat() ?? [];
  return (
    <div className={classes.page}>
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={1} size="h2">
          {t("review:queue.title")}
        </Title>
        {examId === null ? null : <ExamDownloads examId={examId} />}
      </Group>
      <Text c="dimmed" mb="md">
        {t("review:queue.text")}
      </Text>
      <SegmentedControl
        aria-label={t("review:queue.show")}
        mb="md"
        value={status}
        onChange={(value) => setStatus(value as QueueStatus)}
        data={QUEUE_STATUS.map((value) => ({ value, label: t(`review:queue.status.${value}`) }))}
      />
      {queue.isPending ? <Loading /> : null}
      {queue.isError ? <Failure error={queue.error} onRetry={() => void queue.refetch()} /> : null}
      {queue.isSuccess && items.length === 0 ? (
        <Empty
          icon={<IconEyeCheck size={48} aria-hidden />}
          title={t(`review:queue.empty.${status}`)}
          text={t("review:queue.emptyText")}
        />
      ) : null}
      <ol className={classes.list}>
        {items.map((item) => (
          <li key={item.exam_session_id}>
            <Item item={item} withExam={examId === null} />
          </li>
        ))}
      </ol>
      {queue.hasNextPage ? (
        <Button variant="default" fullWidth mt="md" loading={queue.isFetchingNextPage} onClick={() => void queue.fetchNextPage()}>
          {t("common.more")}
        </Button>
      ) : null}
    </div>
  );
}

function ExamDownloads({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Group gap="xs">
      <Button
        component={Link}
        to={`/exams/${examId}/rescore`}
        variant="default"
        leftSection={<IconScale size={18} aria-hidden />}
      >
        {t("review:rescore.title")}
      </Button>
      <DownloadButton
        icon={<IconDownload size={18} aria-hidden />}
        label={t("review:download.report")}
        onDownload={() => download(`/exams/${examId}/report`, { language })}
      />
      {(["csv", "xlsx", "json"] as const).map((format) => (
        <DownloadButton
          key={format}
          label={format.toUpperCase()}
          title={t("review:download.export", { format: format.toUpperCase() })}
          onDownload={() => download(`/exams/${examId}/export`, { format })}
        />
      ))}
    </Group>
  );
}

function Item({ item, withExam }: { item: QueueItem; withExam: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <Link to="/review/$sittingId" params={{ sittingId: item.exam_session_id }} className={classes.item}>
      <span className={classes.who}>
        <span className={classes.name}>{item.student.full_name}</span>
        <span className={classes.small}>{item.student.email}</span>
        {withExam ? <span className={classes.small}>{item.exam_title}</span> : null}
        {item.ended_at ? <span className={classes.small}>{format.dateTime(Date.parse(item.ended_at))}</span> : null}
      </span>
      <span className={classes.figures}>
        <TrustBadge trust={item.trust} band={item.band} scored={item.scored} />
        <span className={classes.small}>
          {item.coverage === null ? t("live.coverageNone") : t("live.coverage", { share: format.percent(item.coverage) })}
        </span>
        {item.outage_seconds >= 1 ? (
          <span className={classes.small}>{t("review:queue.outage", { time: format.stopwatch(item.outage_seconds) })}</span>
        ) : null}
      </span>
      <span className={classes.reasons}>
        {item.reasons.slice(0, 4).map((reason) => (
          <Badge key={reason.kind} variant="light" color="gray" size="lg" fw={500}>
            {kindName(t, reason.kind)}: {reasonText(t, format, reason)}
          </Badge>
        ))}
        {item.reasons.length === 0 ? <span className={classes.small}>{t("live.noViolations")}</span> : null}
      </span>
      <span className={classes.state}>
        {item.decided ? (
          <Badge color={item.decided.decision === "clean" ? "teal" : "yellow"} variant="light" size="lg">
            {t(`review:decision.${item.decided.decision}`)}
          </Badge>
        ) : (
          <span>{t("review:queue.open", { count: item.open, n: format.number(item.open) })}</span>
        )}
        {item.gain >= 0.5 ? (
          <span className={classes.small}>{t("review:queue.gain", { count: Math.round(item.gain), n: format.number(Math.round(item.gain), 0) })}</span>
        ) : null}
      </span>
    </Link>
  );
}

type Reason = QueueItem["reasons"][number];

function reasonText(t: ReturnType<typeof useTranslation>["t"], format: ReturnType<typeof useFormats>, reason: Reason): string {
  const times = t("live.times", { count: reason.count, n: format.number(reason.count) });
  return reason.seconds >= 1 ? `${times}, ${format.stopwatch(reason.seconds)}` : times;
}
