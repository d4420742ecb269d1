// Demonstration data: what it is, whether it is here, how far the work on it is; made and removed with one press.
import { Alert, Button, Group, List, Progress, Text } from "@mantine/core";
import { IconFlask, IconInfoCircle, IconLock, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import type { DemoDataState } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import classes from "./Admin.module.css";

const KEY = ["demo-data"];
const WORKING_MS = 1000;

function useDemoData() {
  const queryClient = useQueryClient();
  const state = useQuery({
    queryKey: KEY,
    queryFn: () => answered(api.GET("/api/v1/demo-data")),
    refetchInterval: (query) => (query.state.data?.progress.state === "running" ? WORKING_MS : false),
    staleTime: 0,
  });
  const change = useMutation({
    mutationFn: (wanted: "make" | "remove") =>
      wanted === "make" ? answered(api.POST("/api/v1/demo-data")) : answered(api.DELETE("/api/v1/demo-data")),
    onSuccess: (read) => queryClient.setQueryData(KEY, read),
  });
  // Whatever other pages know is old once the work is over.
  const working = state.data?.progress.state === "running";
  useEffect(() => {
    if (!working) return undefined;
    return () => void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
  }, [working, queryClient]);
  return { state, change };
}

export function DemoData() {
  const { t } = useTranslation();
  const { state, change } = useDemoData();
  if (state.isPending) return <Loading />;
  if (state.isError) return <Failure error={state.error} onRetry={() => void state.refetch()} />;
  return (
    <div className={classes.box}>
      <Alert icon={<IconInfoCircle aria-hidden />} mb="md">
        {t("staff:admin.demo.text")}
      </Alert>
      <List size="sm" spacing={4} mb="md">
        {(["exams", "pictures", "students", "apart"] as const).map((name) => (
          <List.Item key={name}>{t(`staff:admin.demo.about.${name}`)}</List.Item>
        ))}
      </List>
      <ProblemAlert error={change.error} mb="md" />
      <State data={state.data} busy={change.isPending} onChange={change.mutate} />
    </div>
  );
}

type StateProps = { data: DemoDataState; busy: boolean; onChange: (wanted: "make" | "remove") => void };

function State({ data, busy, onChange }: StateProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const [asked, setAsked] = useState(false);
  const { progress } = data;
  if (progress.state === "running") return <Work progress={progress} />;
  return (
    <>
      {progress.state === "failed" ? (
        <Alert color="red" role="alert" mb="md">
          {t(progress.removes ? "staff:admin.demo.removalFailed" : "staff:admin.demo.makingFailed")}
        </Alert>
      ) : null}
      <Group justify="space-between" gap="xs">
        <Text fw={600} role="status">
          {data.exists
            ? t("staff:admin.demo.there", {
                exams: format.number(data.exams),
                students: format.number(data.students),
                sittings: format.number(data.exam_sessions),
              })
            : t("staff:admin.demo.none")}
        </Text>
        <Group gap="xs">
          {data.allowed && (!data.exists || progress.state === "failed") ? (
            <Button leftSection={<IconFlask size={18} aria-hidden />} loading={busy} onClick={() => onChange("make")}>
              {t("staff:admin.demo.make")}
            </Button>
          ) : null}
          {data.exists ? (
            <Button
              color="red"
              variant="light"
              leftSection={<IconTrash size={18} aria-hidden />}
              loading={busy}
              onClick={() => setAsked(true)}
            >
              {t("staff:admin.demo.remove")}
            </Button>
          ) : null}
        </Group>
      </Group>
      {data.allowed ? null : (
        <Alert color="gray" mt="md" icon={<IconLock aria-hidden />}>
          {t("staff:admin.demo.production")}
        </Alert>
      )}
      <ConfirmDialog
        opened={asked}
        dangerous
        title={t("staff:admin.demo.removeTitle")}
        text={t("staff:admin.demo.removeText")}
        confirm={t("staff:admin.demo.remove")}
        onClose={() => setAsked(false)}
        onConfirm={() => {
          setAsked(false);
          onChange("remove");
        }}
      />
    </>
  );
}

function Work({ progress }: { progress: DemoDataState["progress"] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { done = 0, total = 0, removes } = progress;
  const words = t(removes ? "staff:admin.demo.removing" : "staff:admin.demo.making", {
    done: format.number(done),
    total: format.number(total),
  });
  return (
    <>
      <Text fw={600} mb="xs" role="status">
        {words}
      </Text>
      <Progress value={total === 0 ? 0 : (done / total) * 100} aria-label={words} striped animated />
      <Text size="sm" c="dimmed" mt="xs">
        {t("staff:admin.demo.mayLeave")}
      </Text>
    </>
  );
}
