// Other weights after the exam: compared for everybody before anything is saved.
import { Button, Group, NumberInput, Table, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import type { Exam, RescoreRow } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { kindName } from "@/ui/names";
import { notice } from "@/ui/notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { TrustBadge } from "@/ui/TrustBadge";
import classes from "./Rescore.module.css";

type Wanted = { weights: Record<string, number>; warning_threshold: number; critical_threshold: number };

export function Rescore({ examId }: { examId: number }) {
  const exam = useQuery({
    queryKey: ["exams", examId],
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}", { params: { path: { exam_id: examId } } })),
  });
  if (exam.isPending) return <Loading />;
  if (exam.isError) return <Failure error={exam.error} onRetry={() => void exam.refetch()} />;
  return <Form exam={exam.data} />;
}

function useKinds() {
  return useQuery({
    queryKey: ["detection-presets"],
    queryFn: () => answered(api.GET("/api/v1/detection/presets")),
    staleTime: Infinity,
    select: (presets) => presets[0]?.kinds ?? [],
  });
}

function Form({ exam }: { exam: Exam }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const kinds = useKinds();
  const [wanted, setWanted] = useState<Wanted>({
    weights: exam.weights,
    warning_threshold: exam.warning_threshold,
    critical_threshold: exam.critical_threshold,
  });
  const preview = useMutation({
    mutationFn: (body: Wanted) =>
      answered(api.POST("/api/v1/exams/{exam_id}/rescore/preview", { params: { path: { exam_id: exam.id } }, body })),
  });
  const save = useMutation({
    mutationFn: (body: Wanted) =>
      answered(api.POST("/api/v1/exams/{exam_id}/rescore", { params: { path: { exam_id: exam.id } }, body })),
    onSuccess: () => notice(t("review:rescore.saved")),
    onSettled: () => queryClient.invalidateQueries(),
  });
  const change = (some: Partial<Wanted>) => {
    preview.reset();
    setWanted((known) => ({ ...known, ...some }));
  };
  const problem = preview.error ?? save.error;
  return (
    <div className={classes.page}>
      <Title order={1} size="h2">
        {t("review:rescore.title")}
      </Title>
      <Text c="dimmed" mb="md">
        {t("review:rescore.text")}
      </Text>
      <ProblemAlert error={problem} mb="md" />
      <div className={classes.fields}>
        {(["warning_threshold", "critical_threshold"] as const).map((name) => (
          <NumberInput
            key={name}
            label={t(`authoring:set.${name}.label`)}
            min={0}
            max={100}
            allowDecimal={false}
            value={Math.round(wanted[name] * 100)}
            onChange={(value) => change({ [name]: Number(value) / 100 })}
          />
        ))}
        {(kinds.data ?? []).map(({ kind, weight }) => (
          <NumberInput
            key={kind}
            label={kindName(t, kind)}
            min={0}
            max={100}
            suffix="%"
            allowDecimal={false}
            value={Math.round((wanted.weights[kind] ?? weight) * 100)}
            onChange={(value) => change({ weights: { ...wanted.weights, [kind]: Number(value) / 100 } })}
          />
        ))}
      </div>
      <Group my="md" gap="xs">
        <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate(wanted)}>
          {t("review:rescore.compare")}
        </Button>
        <Button disabled={!preview.data} loading={save.isPending} onClick={() => save.mutate(wanted)}>
          {t("review:rescore.save")}
        </Button>
      </Group>
      {preview.data ? <Comparison rows={preview.data} /> : null}
    </div>
  );
}

function Comparison({ rows }: { rows: RescoreRow[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const moved = rows.filter((row) => row.band_before !== row.band_after).length;
  const sorted = rows.toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
  return (
    <section aria-live="polite">
      <Text fw={600} mb="xs">
        {t("review:rescore.moved", { count: moved, n: format.number(moved), all: format.number(rows.length) })}
      </Text>
      <Table.ScrollContainer minWidth={480}>
        <Table bg="var(--page-card)" withTableBorder>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("people.name")}</Table.Th>
              <Table.Th>{t("review:rescore.before")}</Table.Th>
              <Table.Th>{t("review:rescore.after")}</Table.Th>
              <Table.Th>{t("review:rescore.change")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((row) => (
              <Table.Tr key={row.exam_session_id}>
                <Table.Td>
                  {row.student.full_name}
                  <Text size="xs" c="dimmed">
                    {row.student.email}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <TrustBadge trust={row.before} band={row.band_before} />
                </Table.Td>
                <Table.Td>
                  <TrustBadge trust={row.after} band={row.band_after} />
                </Table.Td>
                <Table.Td>{format.number(row.after - row.before, 1)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
