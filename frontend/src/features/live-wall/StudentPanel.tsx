// One student closely: large picture, figures, timeline, and everything that was noted.
import { ActionIcon, Alert, Progress, SegmentedControl, Text } from "@mantine/core";
import { IconArrowLeft, IconInfoCircle, IconVideoOff, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { Actions } from "./Actions";
import { AtTheDoor } from "./AtTheDoor";
import { isRunning } from "./attention";
import { Chat } from "./Chat";
import type { ChallengeOutcome } from "./liveView";
import { type SittingWithViolations, type Source, SOURCES } from "./messages";
import { stateName } from "@/ui/names";
import type { Pictures } from "./pictures";
import classes from "./StudentPanel.module.css";
import { Timeline } from "./Timeline";
import { TrustBadge } from "@/ui/TrustBadge";
import { useLatestPicture, useSeen } from "./useLiveExam";
import { ViolationList } from "./ViolationList";

type PanelProps = {
  sitting: SittingWithViolations;
  scored: boolean;
  pictures: Pictures;
  clockOffset: number;
  outcome: ChallengeOutcome | undefined;
  onClose: () => void;
};
type ViewProps = Omit<PanelProps, "onClose" | "outcome" | "scored">;

export function StudentPanel({ sitting, scored, pictures, clockOffset, outcome, onClose }: PanelProps) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  const [picked, setPicked] = useState<number | null>(null);
  useEffect(() => heading.current?.focus({ preventScroll: false }), []);
  return (
    <section className={classes.panel} aria-labelledby="student-name">
      <div className={classes.head}>
        <ActionIcon variant="default" size={36} className={classes.back} aria-label={t("live.back")} onClick={onClose}>
          <IconArrowLeft size={20} aria-hidden />
        </ActionIcon>
        <h2 id="student-name" ref={heading} tabIndex={-1} className={classes.name}>
          {sitting.student.full_name}
        </h2>
        <ActionIcon variant="default" size={36} className={classes.close} aria-label={t("common.close")} onClick={onClose}>
          <IconX size={20} aria-hidden />
        </ActionIcon>
      </div>
      <Text size="xs" c="dimmed">
        {sitting.student.email}
      </Text>
      <div className={classes.top}>
        <LargePicture sitting={sitting} pictures={pictures} clockOffset={clockOffset} />
        <Figures sitting={sitting} scored={scored} clockOffset={clockOffset} />
      </div>
      {isRunning(sitting) && sitting.states.length > 0 ? (
        <Alert color="gray" icon={<IconInfoCircle aria-hidden />} p="xs">
          {t("live.cannotSee", { why: sitting.states.map((state) => stateName(t, state)).join(" · ") })}
        </Alert>
      ) : null}
      <AtTheDoor sitting={sitting} />
      <Actions sitting={sitting} outcome={outcome} clockOffset={clockOffset} />
      <Chat sitting={sitting} />
      <LiveTimeline sitting={sitting} pictures={pictures} clockOffset={clockOffset} onPick={setPicked} />
      <ViolationList sitting={sitting} clockOffset={clockOffset} picked={picked} />
    </section>
  );
}

/** The sources that sent something; always the camera, for its absence says something too. */
function useSources(pictures: Pictures, sittingId: number): Source[] {
  const second = useLatestPicture(pictures, sittingId, "second_camera");
  const screen = useLatestPicture(pictures, sittingId, "screen");
  return SOURCES.filter((one) => one === "camera" || (one === "second_camera" ? second : screen));
}

function LargePicture({ sitting, pictures, clockOffset }: ViewProps) {
  const { t } = useTranslation();
  const sources = useSources(pictures, sitting.id);
  const [chosen, setChosen] = useState<Source>("camera");
  const shown = sources.includes(chosen) ? chosen : "camera";
  return (
    <div className={classes.pictures}>
      <OnePicture sitting={sitting} pictures={pictures} clockOffset={clockOffset} source={shown} />
      {sources.length > 1 ? (
        <SegmentedControl
          size="xs"
          fullWidth
          mt={6}
          aria-label={t("staff:live.sources")}
          value={shown}
          onChange={(value) => setChosen(value as Source)}
          data={sources.map((value) => ({ value, label: t(`staff:live.source.${value}`) }))}
        />
      ) : null}
    </div>
  );
}

function OnePicture({ sitting, pictures, clockOffset, source }: ViewProps & { source: Source }) {
  const { t } = useTranslation();
  const format = useFormats();
  const picture = useLatestPicture(pictures, sitting.id, source);
  const now = useNow() + clockOffset;
  if (!picture) {
    return (
      <div className={classes.blank}>
        <IconVideoOff size={40} aria-hidden />
        {t("live.noPicture")}
      </div>
    );
  }
  const age = Math.max(0, Math.round((now - picture.at) / 1000));
  return (
    <figure className={classes.figure}>
      <img src={picture.url} alt={t("live.pictureOf", { name: sitting.student.full_name })} className={classes.image} />
      <figcaption className={classes.caption}>
        {age < 3 ? t("live.pictureNow") : t("live.pictureAge", { time: format.stopwatch(age) })}
      </figcaption>
    </figure>
  );
}

function Figures({ sitting, scored, clockOffset }: Pick<PanelProps, "sitting" | "scored" | "clockOffset">) {
  const { t } = useTranslation();
  const format = useFormats();
  const now = useNow() + clockOffset;
  const end = sitting.ended_at ? Date.parse(sitting.ended_at) : now;
  const rows: [string, string][] = [
    [t("live.stateLabel"), t(`live.state.${sitting.state}`)],
    [t("live.coverageLabel"), sitting.coverage === null ? "–" : format.percent(sitting.coverage)],
    [t("live.startedAt"), format.clock(Date.parse(sitting.started_at))],
    [t("live.elapsed"), format.stopwatch((end - Date.parse(sitting.started_at)) / 1000)],
  ];
  if (sitting.total) {
    if (sitting.question && isRunning(sitting)) {
      rows.push([t("staff:live.onQuestion"), `${format.number(sitting.question)} / ${format.number(sitting.total)}`]);
    }
    rows.push([t("staff:live.progress"), `${format.number(sitting.answered ?? 0)} / ${format.number(sitting.total)}`]);
  }
  if ((sitting.outage_seconds ?? 0) >= 1) rows.push([t("staff:live.outage"), format.stopwatch(sitting.outage_seconds ?? 0)]);
  if ((sitting.attempt ?? 1) > 1) rows.push([t("staff:live.attempt"), format.number(sitting.attempt ?? 1)]);
  if (isRunning(sitting)) {
    if (typeof sitting.kbps === "number") {
      rows.push([t("staff:live.kbps"), t("staff:live.kbpsValue", { n: format.number(sitting.kbps, 0) })]);
    }
    rows.unshift([t("live.connectionLabel"), t(sitting.online ? "live.isOnline" : "live.isOffline")]);
    rows.push([t("live.left"), format.stopwatch((Date.parse(sitting.ends_at) - now) / 1000)]);
  } else if (sitting.ended_at) {
    rows.push([t("live.endedAt"), format.clock(Date.parse(sitting.ended_at))]);
  }
  return (
    <div className={classes.figures}>
      <TrustBadge trust={sitting.trust} band={sitting.band} scored={scored} large />
      <dl className={classes.facts}>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {isRunning(sitting) && typeof sitting.sound_level === "number" ? <SoundLevel level={sitting.sound_level} speech={sitting.speech === true} /> : null}
    </div>
  );
}

function SoundLevel({ level, speech }: { level: number; speech: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <div className={classes.sound}>
      <span>{t("staff:live.sound")}</span>
      <Progress value={Math.round(level * 100)} aria-label={t("staff:live.sound")} flex={1} color="teal" />
      <span>
        {format.percent(level)}
        {speech ? ` · ${t("staff:live.speech")}` : null}
      </span>
    </div>
  );
}

function LiveTimeline(props: ViewProps & { onPick: (violationId: number) => void }) {
  const { sitting, pictures, clockOffset } = props;
  const seen = useSeen(pictures, sitting.id);
  const now = useNow() + clockOffset;
  return <Timeline sitting={sitting} seen={seen} now={now} onPick={props.onPick} />;
}
