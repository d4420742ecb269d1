// The live page of one exam: head, wall of sittings, and the one that was chosen.
import { Alert, Button, SegmentedControl, TextInput, Title } from "@mantine/core";
import { IconEyeCheck, IconSearch, IconUsers, IconWifiOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { isRunning, needsAttention } from "./attention";
import { ConnectionPill } from "./ConnectionPill";
import classes from "./LiveExam.module.css";
import type { LiveView } from "./liveView";
import type { SittingWithViolations } from "./messages";
import { StudentPanel } from "./StudentPanel";
import { type LiveExamState, useLiveExam } from "./useLiveExam";
import { Wall } from "./Wall";

type Shown = "all" | "attention" | "offline";
type Choice = { selected: number | null; onSelect: (sittingId: number | null) => void };

/** The search box is in the way when everybody fits on one screen. */
const SEARCH_FROM = 8;

export function LiveExam({ examId, selected, onSelect }: { examId: number } & Choice) {
  const live = useLiveExam(examId);
  const { status, view } = live;
  if (status.phase === "failed" && !view) {
    return <Failure problem={{ code: status.code, params: {}, message: "" }} onRetry={live.retryNow} />;
  }
  if (!view) {
    return (
      <>
        <ConnectionPill status={status} onRetry={live.retryNow} />
        <Loading />
      </>
    );
  }
  return <LiveView live={live} view={view} selected={selected} onSelect={onSelect} />;
}

function LiveView({ live, view, selected, onSelect }: { live: LiveExamState; view: LiveView } & Choice) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>("all");
  const [search, setSearch] = useState("");
  const sittings = Object.values(view.sittings);
  const matching = sittings.filter((one) => matches(one, shown, search));
  const chosen = selected === null ? undefined : view.sittings[selected];
  return (
    <div className={classes.page} data-chosen={chosen ? true : undefined}>
      <div className={classes.wall}>
        <Head live={live} view={view} sittings={sittings} />
        {sittings.length === 0 ? (
          <Empty icon={<IconUsers size={48} aria-hidden />} title={t("live.emptyTitle")} text={t("live.emptyText")} />
        ) : (
          <>
            <div className={classes.filters}>
              <SegmentedControl
                aria-label={t("live.show")}
                value={shown}
                onChange={(value) => setShown(value as Shown)}
                data={(["all", "attention", "offline"] as const).map((value) => ({
                  value,
                  label: t(`live.filter.${value}`),
                }))}
              />
              {sittings.length >= SEARCH_FROM ? (
                <TextInput
                  aria-label={t("live.search")}
                  placeholder={t("live.search")}
                  leftSection={<IconSearch size={18} aria-hidden />}
                  value={search}
                  onChange={(event) => setSearch(event.currentTarget.value)}
                />
              ) : null}
            </div>
            {matching.length === 0 ? <NothingMatches shown={shown} search={search} /> : null}
            <Wall sittings={matching} pictures={live.pictures} selected={selected} onSelect={onSelect} />
          </>
        )}
      </div>
      {chosen ? (
        <StudentPanel
          key={chosen.id}
          sitting={chosen}
          pictures={live.pictures}
          clockOffset={view.clockOffset}
          onClose={() => onSelect(null)}
        />
      ) : null}
    </div>
  );
}

function matches(sitting: SittingWithViolations, shown: Shown, search: string): boolean {
  if (search && !sitting.student.full_name.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase())) return false;
  if (shown === "attention") return needsAttention(sitting);
  if (shown === "offline") return isRunning(sitting) && !sitting.online;
  return true;
}

function NothingMatches({ shown, search }: { shown: Shown; search: string }) {
  const { t } = useTranslation();
  if (search) {
    return (
      <Empty
        icon={<IconSearch size={40} aria-hidden />}
        title={t("live.noMatchTitle")}
        text={t("live.noMatchText", { search })}
      />
    );
  }
  const Icon = shown === "offline" ? IconWifiOff : IconEyeCheck;
  const key = shown === "offline" ? "nobodyOffline" : "allQuiet";
  return (
    <Empty icon={<Icon size={40} aria-hidden />} title={t(`live.${key}Title`)} text={t(`live.${key}Text`)} />
  );
}

function Head(props: { live: LiveExamState; view: LiveView; sittings: SittingWithViolations[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { exam } = props.view;
  const running = props.sittings.filter(isRunning);
  const online = running.filter((one) => one.online).length;
  const waiting = running.filter(needsAttention).length;
  const { status } = props.live;
  return (
    <header className={classes.head}>
      <div className={classes.headline}>
        <Title order={1} size="h2">
          {exam.title}
        </Title>
        <ConnectionPill status={status} onRetry={props.live.retryNow} />
      </div>
      <p className={classes.facts}>
        <span>{format.range(new Date(exam.start_time), new Date(exam.end_time))}</span>
        {running.length > 0 ? (
          <>
            <span>{t("live.online", { online: format.number(online), all: format.number(running.length) })}</span>
            <span>{t("live.needAttention", { count: waiting, n: format.number(waiting) })}</span>
          </>
        ) : null}
      </p>
      {status.phase === "failed" ? (
        <Alert color="red" role="alert" icon={<IconWifiOff aria-hidden />} mt="xs">
          {t("live.stopped")}{" "}
          <Button size="compact-sm" variant="default" onClick={props.live.retryNow}>
            {t("common.retry")}
          </Button>
        </Alert>
      ) : null}
    </header>
  );
}
