// One student closely: large picture, figures, timeline, and everything that was noted.
import { ActionIcon, Alert } from "@mantine/core";
import { IconArrowLeft, IconInfoCircle, IconVideoOff, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { isRunning } from "./attention";
import type { SittingWithViolations } from "./messages";
import { stateName } from "@/ui/names";
import type { Pictures } from "./pictures";
import classes from "./StudentPanel.module.css";
import { Timeline } from "./Timeline";
import { TrustBadge } from "@/ui/TrustBadge";
import { useLatestPicture, useSeen } from "./useLiveExam";
import { ViolationList } from "./ViolationList";

type PanelProps = {
  sitting: SittingWithViolations;
  pictures: Pictures;
  clockOffset: number;
  onClose: () => void;
};

export function StudentPanel({ sitting, pictures, clockOffset, onClose }: PanelProps) {
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
      <div className={classes.top}>
        <LargePicture sitting={sitting} pictures={pictures} clockOffset={clockOffset} />
        <Figures sitting={sitting} clockOffset={clockOffset} />
      </div>
      {isRunning(sitting) && sitting.states.length > 0 ? (
        <Alert color="gray" icon={<IconInfoCircle aria-hidden />} p="xs">
          {t("live.cannotSee", { why: sitting.states.map((state) => stateName(t, state)).join(" · ") })}
        </Alert>
      ) : null}
      <LiveTimeline sitting={sitting} pictures={pictures} clockOffset={clockOffset} onPick={setPicked} />
      <ViolationList sitting={sitting} clockOffset={clockOffset} picked={picked} />
    </section>
  );
}

function LargePicture({ sitting, pictures, clockOffset }: Omit<PanelProps, "onClose">) {
  const { t } = useTranslation();
  const format = useFormats();
  const picture = useLatestPicture(pictures, sitting.id);
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

function Figures({ sitting, clockOffset }: { sitting: SittingWithViolations; clockOffset: number }) {
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
  if (isRunning(sitting)) {
    rows.unshift([t("live.connectionLabel"), t(sitting.online ? "live.isOnline" : "live.isOffline")]);
    rows.push([t("live.left"), format.stopwatch((Date.parse(sitting.ends_at) - now) / 1000)]);
  } else if (sitting.ended_at) {
    rows.push([t("live.endedAt"), format.clock(Date.parse(sitting.ended_at))]);
  }
  return (
    <div className={classes.figures}>
      <TrustBadge trust={sitting.trust} band={sitting.band} large />
      <dl className={classes.facts}>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function LiveTimeline(props: Omit<PanelProps, "onClose"> & { onPick: (violationId: number) => void }) {
  const { sitting, pictures, clockOffset } = props;
  const seen = useSeen(pictures, sitting.id);
  const now = useNow() + clockOffset;
  return <Timeline sitting={sitting} seen={seen} now={now} onPick={props.onPick} />;
}
