// The buttons for one sitting: write, warn, pause, give time, ask for proof of life, let in, end with a way back.
import { Alert, Button, Group, Menu, Text } from "@mantine/core";
import {
  IconAlertTriangle,
  IconClockPlus,
  IconDoorEnter,
  IconHeadset,
  IconPlayerPause,
  IconPlayerPlay,
  IconRotate360,
  IconSquareX,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { notice } from "@/ui/notice";
import { hideUndo, undoNotice } from "@/ui/undoNotice";
import { isRunning, isWaiting } from "./attention";
import { useCommand } from "./commands";
import { EndDialog } from "./EndDialog";
import type { ChallengeOutcome } from "./liveView";
import type { SittingWithViolations } from "./messages";
import { TextDialog } from "./TextDialog";

/** For so long an ending can be taken back. */
const UNDO_SECONDS = 30;
const MINUTES = [5, 10, 15, 30];

type ActionsProps = { sitting: SittingWithViolations; outcome: ChallengeOutcome | undefined; clockOffset: number };
type Asked = "warn" | "pause" | "end" | null;

export function Actions({ sitting, outcome, clockOffset }: ActionsProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const command = useCommand(sitting.id);
  const [asked, setAsked] = useState<Asked>(null);
  if (!isRunning(sitting)) return null;
  const { mutate, isPending } = command;
  const close = () => setAsked(null);
  const undoEnd = () => {
    hideUndo();
    mutate({ verb: "terminate/undo" });
  };
  const end = (reason: string) => {
    close();
    mutate(
      { verb: "terminate", reason, delaySeconds: UNDO_SECONDS },
      {
        onSuccess: () =>
          undoNotice(
            t("staff:live.endingSoon", { name: sitting.student.full_name }),
            undoEnd,
            UNDO_SECONDS * 1000,
          ),
      },
    );
  };
  return (
    <section aria-label={t("staff:live.actions")}>
      {sitting.ending_at ? (
        <Ending at={sitting.ending_at} clockOffset={clockOffset} onUndo={undoEnd} />
      ) : null}
      <Group gap="xs">
        {isWaiting(sitting) ? (
          <Button
            size="sm"
            leftSection={<IconDoorEnter size={18} aria-hidden />}
            loading={isPending}
            onClick={() => mutate({ verb: "admit" })}
          >
            {t("staff:live.admit")}
          </Button>
        ) : null}
        <ActionButton icon={<IconAlertTriangle size={18} aria-hidden />} label={t("staff:live.warn")} onClick={() => setAsked("warn")} />
        {sitting.state === "paused" ? (
          <ActionButton
            icon={<IconPlayerPlay size={18} aria-hidden />}
            label={t("staff:live.resume")}
            onClick={() => mutate({ verb: "resume" })}
          />
        ) : (
          <ActionButton icon={<IconPlayerPause size={18} aria-hidden />} label={t("staff:live.pause")} onClick={() => setAsked("pause")} />
        )}
        <Menu position="bottom-start">
          <Menu.Target>
            <Button size="sm" variant="default" leftSection={<IconClockPlus size={18} aria-hidden />}>
              {t("staff:live.addTime")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {MINUTES.map((minutes) => (
              <Menu.Item
                key={minutes}
                onClick={() =>
                  mutate(
                    { verb: "extend", minutes },
                    { onSuccess: () => notice(t("staff:live.timeAdded", { count: minutes, n: format.number(minutes) })) },
                  )
                }
              >
                {t("staff:live.minutes", { count: minutes, n: format.number(minutes) })}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <ActionButton
          icon={<IconHeadset size={18} aria-hidden />}
          label={t("staff:live.challenge")}
          onClick={() => mutate({ verb: "challenge" }, { onSuccess: () => notice(t("staff:live.challengeAsked")) })}
        />
        <ActionButton
          icon={<IconRotate360 size={18} aria-hidden />}
          label={t("staff:live.roomView")}
          onClick={() => mutate({ verb: "room-view" }, { onSuccess: () => notice(t("staff:live.roomViewAsked")) })}
        />
        <Button
          size="sm"
          variant="light"
          color="red"
          leftSection={<IconSquareX size={18} aria-hidden />}
          onClick={() => setAsked("end")}
        >
          {t("staff:live.end")}
        </Button>
      </Group>
      {outcome ? <Outcome outcome={outcome} /> : null}
      {asked === "warn" || asked === "pause" ? (
        <TextDialog
          kind={asked}
          name={sitting.student.full_name}
          onClose={close}
          onSend={(text) => {
            close();
            mutate({ verb: asked, text });
          }}
        />
      ) : null}
      {asked === "end" ? <EndDialog name={sitting.student.full_name} onClose={close} onEnd={end} /> : null}
    </section>
  );
}

function ActionButton({ icon, label, onClick }: { icon: React.ReactNode; label: string; onClick: () => void }) {
  return (
    <Button size="sm" variant="default" leftSection={icon} onClick={onClick}>
      {label}
    </Button>
  );
}

function Ending({ at, clockOffset, onUndo }: { at: string; clockOffset: number; onUndo: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const seconds = Math.max(0, Math.ceil((Date.parse(at) - useNow(500) - clockOffset) / 1000));
  return (
    <Alert color="red" mb="xs" p="xs" icon={<IconSquareX aria-hidden />}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{t("staff:live.endsIn", { count: seconds, n: format.number(seconds) })}</Text>
        <Button size="compact-sm" variant="default" onClick={onUndo}>
          {t("common.undo")}
        </Button>
      </Group>
    </Alert>
  );
}

/** What came of the last request to turn the head. */
function Outcome({ outcome }: { outcome: ChallengeOutcome }) {
  const { t } = useTranslation();
  const format = useFormats();
  const word = outcome.passed === null ? "unclear" : outcome.passed ? "passed" : "failed";
  return (
    <Text size="sm" mt="xs" role="status">
      {t(`staff:live.outcome.${word}`, {
        turned: format.number(outcome.turned, 0),
        needed: format.number(outcome.needed, 0),
      })}
    </Text>
  );
}
