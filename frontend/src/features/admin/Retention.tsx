// What is due to be deleted, seen before it is deleted.
import { Alert, Button, Checkbox, Group, Table, Text } from "@mantine/core";
import { IconInfoCircle, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import { bytesText } from "@/lib/bytes";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { failureNotice, notice } from "@/ui/notice";
import classes from "./Admin.module.css";

type Due = { pictures: number; documents: number; recordings: number; movements: number };

function sum(due: Due) {
  return due.pictures + due.documents + due.recordings + due.movements;
}

export function Retention() {
  const { t } = useTranslation();
  const format = useFormats();
  const tag = useLanguage() === "bn" ? "bn-BD" : "en-GB";
  const queryClient = useQueryClient();
  const [sure, setSure] = useState(false);
  const preview = useQuery({
    queryKey: ["retention"],
    queryFn: () => answered(api.GET("/api/v1/retention/preview")),
    staleTime: 0,
  });
  const run = useMutation({
    mutationFn: (seen: Due) => answered(api.POST("/api/v1/retention/run", { body: seen })),
    onSuccess: (done) =>
      notice(t("staff:admin.retention.done", { n: format.number(sum(done)), size: bytesText(done.bytes, tag) })),
    onError: failureNotice,
    onSettled: () => {
      setSure(false);
      return queryClient.invalidateQueries({ queryKey: ["retention"] });
    },
  });
  if (preview.isPending) return <Loading />;
  if (preview.isError) return <Failure error={preview.error} onRetry={() => void preview.refetch()} />;
  const { exams, pictures, documents, recordings, movements, bytes, evidence_days, evidence_days_unreleased } = preview.data;
  return (
    <div className={classes.box}>
      <Alert icon={<IconInfoCircle aria-hidden />} mb="md">
        {t("staff:admin.retention.text", { days: format.number(evidence_days), unreleased: format.number(evidence_days_unreleased) })}
      </Alert>
      <Text fw={600} mb="sm" role="status">
        {sum(preview.data) === 0
          ? t("staff:admin.retention.nothing")
          : t("staff:admin.retention.due", {
              pictures: format.number(pictures),
              documents: format.number(documents),
              recordings: format.number(recordings),
              movements: format.number(movements),
              size: bytesText(bytes, tag),
            })}
      </Text>
      {exams.length > 0 ? (
        <Table.ScrollContainer minWidth={520}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("analytics:exam")}</Table.Th>
                <Table.Th>{t("analytics:sittings")}</Table.Th>
                <Table.Th>{t("live.pictures")}</Table.Th>
                <Table.Th>{t("staff:admin.retention.size")}</Table.Th>
                <Table.Th>{t("staff:admin.retention.since")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {exams.map((exam) => (
                <Table.Tr key={exam.exam_id}>
                  <Table.Td>{exam.title}</Table.Td>
                  <Table.Td>{format.number(exam.exam_sessions)}</Table.Td>
                  <Table.Td>{format.number(exam.pictures + exam.documents)}</Table.Td>
                  <Table.Td>{bytesText(exam.bytes, tag)}</Table.Td>
                  <Table.Td>{format.dateTime(Date.parse(exam.due_since))}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
      {sum(preview.data) === 0 ? null : (
        <Group mt="md" justify="space-between">
          <Checkbox
            label={t("staff:admin.retention.sure")}
            checked={sure}
            onChange={(event) => setSure(event.currentTarget.checked)}
          />
          <Button
            color="red"
            disabled={!sure}
            loading={run.isPending}
            leftSection={<IconTrash size={18} aria-hidden />}
            onClick={() => run.mutate({ pictures, documents, recordings, movements })}
          >
            {t("staff:admin.retention.run")}
          </Button>
        </Group>
      )}
    </div>
  );
}
