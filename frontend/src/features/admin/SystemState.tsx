// The server now: what works, what waits, how loaded, which versions, how much is stored.
import { Alert } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconClockExclamation, IconDatabase, IconFlask } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import { bytesText } from "@/lib/bytes";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import classes from "./Admin.module.css";

const EVERY_MS = 5000;
/** How long a time-stamp authority may be away before somebody should know. */
const UNDATED_MS = 15 * 60_000;

function useSystem() {
  return useQuery({
    queryKey: ["system"],
    queryFn: () => answered(api.GET("/api/v1/system")),
    refetchInterval: EVERY_MS,
  });
}

type State = NonNullable<ReturnType<typeof useSystem>["data"]>;

export function SystemState() {
  const { t } = useTranslation();
  const format = useFormats();
  const system = useSystem();
  if (system.isPending) return <Loading />;
  if (system.isError) return <Failure error={system.error} onRetry={() => void system.refetch()} />;
  const { failing, demo_accounts, storage, scrub, time_stamps } = system.data;
  const damaged = [...(scrub?.missing ?? []), ...(scrub?.changed ?? [])];
  return (
    <>
      <Alert
        mb="md"
        color={failing.length > 0 ? "red" : "teal"}
        icon={failing.length > 0 ? <IconAlertTriangle aria-hidden /> : <IconCircleCheck aria-hidden />}
      >
        {failing.length > 0 ? t("staff:admin.system.failing", { parts: failing.join(", ") }) : t("staff:admin.system.fine")}
      </Alert>
      {storage.disk_level === "ok" ? null : (
        <Alert mb="md" color={storage.disk_level === "full" ? "red" : "yellow"} icon={<IconDatabase aria-hidden />}>
          {t(`staff:admin.system.disk.${storage.disk_level}`)}
        </Alert>
      )}
      {damaged.length > 0 ? (
        <Alert mb="md" color="red" icon={<IconAlertTriangle aria-hidden />} title={t("staff:admin.system.damaged")}>
          {damaged.join(", ")}
        </Alert>
      ) : null}
      {time_stamps?.since && system.dataUpdatedAt - Date.parse(time_stamps.since) > UNDATED_MS ? (
        <Alert mb="md" color="yellow" icon={<IconClockExclamation aria-hidden />} title={t("staff:admin.system.undated")}>
          {t("staff:admin.system.undatedText", { since: format.dateTime(new Date(time_stamps.since)) })}
        </Alert>
      ) : null}
      {demo_accounts ? (
        <Alert mb="md" color="yellow" icon={<IconFlask aria-hidden />} title={t("staff:admin.system.demo")}>
          {t("staff:admin.system.demoText")}
        </Alert>
      ) : null}
      <Facts state={system.data} />
    </>
  );
}

function Facts({ state }: { state: State }) {
  const format = useFormats();
  const tag = useLanguage() === "bn" ? "bn-BD" : "en-GB";
  const size = (bytes: number) => bytesText(bytes, tag);
  const number = (value: number) => format.number(value);
  const { queues, load, database, storage, scrub, time_stamps, counts, workers } = state;
  return (
    <div className={classes.grid}>
      <Box
        name="server"
        rows={[
          ["version", state.version],
          ["python", state.python],
          ["environment", state.environment],
          ["uptime", format.stopwatch(state.uptime_seconds)],
          ["memory", size(load.server_rss)],
          ["cpu", format.stopwatch(load.server_cpu_seconds)],
        ]}
      />
      <Box
        name="machine"
        rows={[
          ["cores", number(load.cores)],
          ["load", load.load.map((one) => format.number(one, 2)).join(" · ")],
          ["free", `${size(load.memory_available)} / ${size(load.memory_total)}`],
          ["live", number(load.live_exam_sessions)],
        ]}
      />
      <Box
        name="workers"
        rows={[
          ["alive", `${number(workers.filter((one) => one.alive).length)} / ${number(workers.length)}`],
          ["frames", number(workers.reduce((sum, one) => sum + one.frames, 0))],
          ["memory", size(workers.reduce((sum, one) => sum + one.rss, 0))],
          ["restarts", number(queues.worker_restarts)],
        ]}
      />
      <Box
        name="queues"
        rows={[
          ["waiting", number(queues.frames_waiting)],
          ["working", number(queues.frames_working)],
          ["judged", number(queues.frames_judged)],
          ["busy", number(queues.frames_busy)],
          ["timedOut", number(queues.frames_timed_out)],
          ["reports", number(queues.reports_waiting)],
        ]}
      />
      <Box
        name="database"
        rows={[
          ["version", database.version],
          ["revision", `${database.revision ?? "–"} / ${database.newest_revision}`],
          ["size", size(database.bytes)],
          ["connections", `${number(database.connections_in_use)} + ${number(database.connections_idle)}`],
        ]}
      />
      <Box
        name="storage"
        rows={[
          ["pictures", number(storage.pictures)],
          ["documents", number(storage.documents)],
          ["size", size(storage.bytes)],
          ["diskFree", `${size(storage.disk_free)} / ${size(storage.disk_total)}`],
          ["scrub", scrub ? `${format.dateTime(new Date(scrub.ended_at))} · ${number(scrub.pieces)}` : "–"],
          ...(time_stamps ? [["undated", number(time_stamps.waiting)] satisfies [string, string]] : []),
        ]}
      />
      <Box
        name="counts"
        rows={[
          ["users", number(counts.users)],
          ["exams", number(counts.exams)],
          ["sittings", number(counts.exam_sessions)],
          ["open", number(counts.open_exam_sessions)],
        ]}
      />
    </div>
  );
}

function Box({ name, rows }: { name: string; rows: [string, string][] }) {
  const { t } = useTranslation();
  return (
    <section className={classes.box} aria-labelledby={`system-${name}`}>
      <h2 id={`system-${name}`} className={classes.title}>
        {t(`staff:admin.system.${name}.title`)}
      </h2>
      <dl className={classes.facts}>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{t(`staff:admin.system.${name}.${label}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
