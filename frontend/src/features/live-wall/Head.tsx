// The live page's head: which exam, whether the page hears the server, how many, and what can be done for all at once.
import { Alert, Button, Group, Title } from "@mantine/core";
import { IconDoorEnter, IconMessage, IconMoodKid, IconWifiOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { notice } from "@/ui/notice";
import { type AlarmChoice, AlarmSwitch } from "./AlarmSwitch";
import { isRunning, isWaiting, needsAttention } from "./attention";
import { useExamCommand } from "./commands";
import { ConnectionPill } from "./ConnectionPill";
import classes from "./LiveExam.module.css";
import type { LiveView } from "./liveView";
import type { SittingWithViolations } from "./messages";
import { TextDialog } from "./TextDialog";
import type { LiveExamState } from "./useLiveExam";

export function Head(props: {
  live: LiveExamState;
  view: LiveView;
  sittings: readonly SittingWithViolations[];
  alarm: AlarmChoice;
  scored: boolean;
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const { exam } = props.view;
  const running = props.sittings.filter(isRunning);
  const online = running.filter((one) => one.online).length;
  const troubled = running.filter(needsAttention).length;
  const { status } = props.live;
  return (
    <header className={classes.head}>
      <div className={classes.headline}>
        <Title order={1} size="h2">
          {exam.title}
        </Title>
        <ConnectionPill status={status} onRetry={props.live.retryNow} />
        <div className={classes.tools}>
          <ForAll examId={exam.id} running={running} />
          <AlarmSwitch {...props.alarm} />
        </div>
      </div>
      <p className={classes.facts}>
        <span>{format.range(new Date(exam.start_time), new Date(exam.end_time))}</span>
        {running.length > 0 ? (
          <>
            <span>{t("live.online", { online: format.number(online), all: format.number(running.length) })}</span>
            <span>{t("live.needAttention", { count: troubled, n: format.number(troubled) })}</span>
          </>
        ) : null}
      </p>
      {props.scored ? null : (
        <Alert color="gray" icon={<IconMoodKid aria-hidden />} mt="xs" p="xs">
          {t("staff:live.minors")}
        </Alert>
      )}
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

function ForAll({ examId, running }: { examId: number; running: readonly SittingWithViolations[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const command = useExamCommand(examId);
  const [writing, setWriting] = useState(false);
  const waiting = running.filter(isWaiting).length;
  if (running.length === 0) return null;
  const send = (text: string) => {
    setWriting(false);
    command.mutate({ verb: "message", text }, { onSuccess: () => notice(t("staff:live.sentToAll")) });
  };
  return (
    <Group gap="xs">
      {waiting > 0 ? (
        <Button
          size="sm"
          leftSection={<IconDoorEnter size={18} aria-hidden />}
          loading={command.isPending}
          onClick={() => command.mutate({ verb: "admit-all" }, { onSuccess: () => notice(t("staff:live.admitted")) })}
        >
          {t("staff:live.admitAll", { n: format.number(waiting) })}
        </Button>
      ) : null}
      <Button size="sm" variant="default" leftSection={<IconMessage size={18} aria-hidden />} onClick={() => setWriting(true)}>
        {t("staff:live.messageAll")}
      </Button>
      {writing ? <TextDialog kind="message" name={null} onSend={send} onClose={() => setWriting(false)} /> : null}
    </Group>
  );
}
