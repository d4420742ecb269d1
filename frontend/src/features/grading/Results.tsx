// Everybody's results, their release, and what the answers say about the questions.
import { Alert, Badge, Button, Checkbox, Group, Modal, Table, Tabs, Text, Title } from "@mantine/core";
import { IconChartBar, IconDownload, IconSend, IconUserCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { download } from "@/api/call";
import type { QuestionStatistics, ResultRow, ResultsRead } from "@/api/types";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { DownloadButton } from "@/ui/DownloadButton";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { failureNotice } from "@/ui/notice";
import { wordsIn } from "@/ui/questions/questionTypes";
import { RichLine } from "@/ui/RichLine";
import { StackingTable } from "@/ui/StackingTable";
import { undoNotice } from "@/ui/undoNotice";
import { useRelease, useResults, useStatistics } from "./gradingQueries";

export function Results({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const results = useResults(examId);
  if (results.isPending) return <Loading />;
  if (results.isError) return <Failure error={results.error} onRetry={() => void results.refetch()} />;
  return (
    <div style={{ maxWidth: 1100, margin: "0 auto" }}>
      <Group justify="space-between" mb="md" gap="xs">
        <Title order={1} size="h2">
          {t("staff:tabs.results")}
        </Title>
        <Group gap="xs">
          {(["csv", "xlsx"] as const).map((format) => (
            <DownloadButton
              key={format}
              icon={<IconDownload size={18} aria-hidden />}
              label={format.toUpperCase()}
              title={t("review:download.export", { format: format.toUpperCase() })}
              onDownload={() => download(`/exams/${examId}/export`, { format })}
            />
          ))}
          <Release examId={examId} read={results.data} />
        </Group>
      </Group>
      {results.data.released_at ? <Released at={results.data.released_at} /> : null}
      <Tabs defaultValue="students" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="students" leftSection={<IconUserCheck size={18} aria-hidden />}>
            {t("staff:results.students")}
          </Tabs.Tab>
          <Tabs.Tab value="questions" leftSection={<IconChartBar size={18} aria-hidden />}>
            {t("staff:results.statistics")}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="students">
          <StudentResults rows={results.data.results} />
        </Tabs.Panel>
        <Tabs.Panel value="questions">
          <Statistics examId={examId} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

function Released({ at }: { at: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <Alert color="teal" mb="md" p="xs" icon={<IconSend aria-hidden />}>
      {t("staff:results.released", { time: format.dateTime(Date.parse(at)) })}
    </Alert>
  );
}

function Release({ examId, read }: { examId: number; read: ResultsRead }) {
  const { t } = useTranslation();
  const format = useFormats();
  const release = useRelease(examId);
  const [asked, setAsked] = useState(false);
  const [anyway, setAnyway] = useState(false);
  const toMark = read.results.reduce((sum, one) => sum + one.to_mark, 0);
  if (read.released_at) {
    return (
      <Button variant="default" loading={release.isPending} onClick={() => release.mutate({ release: false }, { onError: failureNotice })}>
        {t("staff:results.withdraw")}
      </Button>
    );
  }
  const confirm = () =>
    release.mutate(
      { release: true, anyway },
      {
        onError: failureNotice,
        onSuccess: () => {
          setAsked(false);
          undoNotice(t("staff:results.done"), () => release.mutate({ release: false }, { onError: failureNotice }));
        },
      },
    );
  return (
    <>
      <Button leftSection={<IconSend size={18} aria-hidden />} onClick={() => setAsked(true)}>
        {t("staff:results.release")}
      </Button>
      <Modal
        opened={asked}
        onClose={() => setAsked(false)}
        centered
        title={t("staff:results.release")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <Text>{t("staff:results.releaseText")}</Text>
        {toMark > 0 ? (
          <Checkbox
            mt="sm"
            label={t("staff:results.anyway", { count: toMark, n: format.number(toMark) })}
            checked={anyway}
            onChange={(event) => setAnyway(event.currentTarget.checked)}
          />
        ) : null}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsked(false)} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button disabled={toMark > 0 && !anyway} loading={release.isPending} onClick={confirm}>
            {t("staff:results.release")}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function StudentResults({ rows }: { rows: readonly ResultRow[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (rows.length === 0) {
    return <Empty icon={<IconUserCheck size={48} aria-hidden />} title={t("staff:results.emptyTitle")} text={t("staff:results.emptyText")} />;
  }
  const heads = [
    t("people.name"),
    t("staff:results.score"),
    t("staff:results.percent"),
    t("staff:results.passed"),
    t("staff:live.progress"),
    t("staff:results.open"),
  ];
  return (
    <StackingTable heads={heads}>
      {rows.map((row) => (
        <Table.Tr key={row.exam_session_id}>
          <Table.Td>
            <span>
              <Link to="/review/$sittingId" params={{ sittingId: row.exam_session_id }}>
                {row.student.full_name}
              </Link>
              {row.attempt > 1 ? ` (${format.number(row.attempt)})` : ""}
              <Text component="span" display="block" size="xs" c="dimmed">
                {row.student.email}
              </Text>
            </span>
          </Table.Td>
          <Table.Td data-label={heads[1]}>
            {row.max_score > 0 ? `${format.number(row.score, 2)} / ${format.number(row.max_score, 2)}` : "–"}
          </Table.Td>
          <Table.Td data-label={heads[2]}>{row.percent === null ? "–" : format.percent(row.percent / 100)}</Table.Td>
          <Table.Td data-label={heads[3]}>
            {row.passed === null ? (
              "–"
            ) : (
              <Badge variant="light" color={row.passed ? "teal" : "gray"}>
                {t(row.passed ? "staff:results.pass" : "staff:results.fail")}
              </Badge>
            )}
          </Table.Td>
          <Table.Td data-label={heads[4]}>
            {format.number(row.answered)} / {format.number(row.questions)}
          </Table.Td>
          <Table.Td data-label={heads[5]}>
            {row.to_mark > 0 ? t("staff:grading.toMark", { count: row.to_mark, n: format.number(row.to_mark) }) : "–"}
            {row.late > 0 ? ` · ${t("staff:results.late", { n: format.number(row.late) })}` : ""}
          </Table.Td>
        </Table.Tr>
      ))}
    </StackingTable>
  );
}

function Statistics({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const statistics = useStatistics(examId);
  if (statistics.isPending) return <Loading />;
  if (statistics.isError) return <Failure error={statistics.error} onRetry={() => void statistics.refetch()} />;
  const heads = [
    t("authoring:questions"),
    t("staff:live.progress"),
    t("staff:results.difficulty"),
    t("staff:results.discrimination"),
    t("staff:results.time"),
  ];
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {t("staff:results.statisticsText")}
      </Text>
      <StackingTable heads={heads}>
        {statistics.data.map((row, at) => (
          <StatisticsRow key={row.question_id} row={row} number={at + 1} heads={heads} />
        ))}
      </StackingTable>
    </>
  );
}

function StatisticsRow({ row, number, heads }: { row: QuestionStatistics; number: number; heads: readonly string[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { text, lang } = wordsIn(row.text, useLanguage());
  return (
    <Table.Tr>
      <Table.Td>
        <span>
          {format.number(number)}. <RichLine text={text} lang={lang} />
        </span>
      </Table.Td>
      <Table.Td data-label={heads[1]}>
        {format.number(row.answered)} / {format.number(row.given)}
      </Table.Td>
      <Table.Td data-label={heads[2]}>{row.difficulty === null ? "–" : format.percent(row.difficulty)}</Table.Td>
      <Table.Td data-label={heads[3]}>
        {row.discrimination === null ? "–" : format.number(row.discrimination, 2)}
        {row.discrimination !== null && row.discrimination < 0 ? ` · ${t("staff:results.lookAgain")}` : ""}
      </Table.Td>
      <Table.Td data-label={heads[4]}>{row.seconds === null ? "–" : format.stopwatch(row.seconds)}</Table.Td>
    </Table.Tr>
  );
}
