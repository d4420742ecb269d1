// One student on the wall: latest picture, connection, trust, coverage, progress, what is going on.
import {
  IconChecks,
  IconClock,
  IconDoorEnter,
  IconEye,
  IconFlag,
  IconHandStop,
  IconListNumbers,
  IconMessage,
  IconMicrophone,
  IconVideoOff,
  IconWifi,
  IconWifiOff,
} from "@tabler/icons-react";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { kindName, stateName } from "@/ui/names";
import { SeverityIcon } from "@/ui/SeverityIcon";
import { TrustBadge } from "@/ui/TrustBadge";
import { gravity, isRunning, isWaiting, openViolations } from "./attention";
import type { SittingWithViolations } from "./messages";
import type { Pictures } from "./pictures";
import classes from "./Tile.module.css";
import { useLatestPicture } from "./useLiveExam";

type TileProps = {
  sitting: SittingWithViolations;
  pictures: Pictures;
  clockOffset: number;
  scored: boolean;
  selected: boolean;
  onSelect: (sittingId: number | null) => void;
};

const GRAVITIES = ["none", "info", "warning", "critical"] as const;

export const Tile = memo(function Tile({ sitting, pictures, clockOffset, scored, selected, onSelect }: TileProps) {
  const running = isRunning(sitting);
  return (
    <button
      type="button"
      className={classes.tile}
      aria-pressed={selected}
      data-gravity={running ? GRAVITIES[gravity(sitting)] : "none"}
      data-over={running ? undefined : true}
      onClick={() => onSelect(selected ? null : sitting.id)}
    >
      <span className={classes.picture}>
        <LatestPicture sittingId={sitting.id} pictures={pictures} />
        {running ? <Connection online={sitting.online} /> : null}
        {running ? <Asking sitting={sitting} /> : null}
      </span>
      <span className={classes.name}>{sitting.student.full_name}</span>
      <span className={classes.row}>
        <TrustBadge trust={sitting.trust} band={sitting.band} scored={scored} />
        <Observed coverage={sitting.coverage} />
      </span>
      <Progress sitting={sitting} running={running} clockOffset={clockOffset} />
      <Happening sitting={sitting} running={running} />
    </button>
  );
});

/** In full for the ear and in the hint; on the tile the number has to do. */
function Observed({ coverage }: { coverage: number | null }) {
  const { t } = useTranslation();
  const format = useFormats();
  const words = coverage === null ? t("live.coverageNone") : t("live.coverage", { share: format.percent(coverage) });
  return <Count icon={<IconEye size={14} aria-hidden />} shown={coverage === null ? "–" : format.percent(coverage)} words={words} />;
}

function Count({ icon, shown, words }: { icon: ReactNode; shown: string; words: string }) {
  return (
    <span className={classes.observed} title={words}>
      {icon}
      <span aria-hidden>{shown}</span>
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

function LatestPicture({ sittingId, pictures }: { sittingId: number; pictures: Pictures }) {
  const { t } = useTranslation();
  const picture = useLatestPicture(pictures, sittingId);
  if (picture) return <img src={picture.url} alt="" className={classes.image} />;
  return (
    <span className={classes.blank}>
      <IconVideoOff size={28} aria-hidden />
      {t("live.noPicture")}
    </span>
  );
}

function Connection({ online }: { online: boolean }) {
  const { t } = useTranslation();
  const Icon = online ? IconWifi : IconWifiOff;
  return (
    <span className={classes.connection} data-online={online}>
      <Icon size={14} aria-hidden />
      <span className={classes.word}>{t(online ? "live.isOnline" : "live.isOffline")}</span>
    </span>
  );
}

/** Hand, unread messages, waiting at the door: what a person wants of a person. */
function Asking({ sitting }: { sitting: SittingWithViolations }) {
  const { t } = useTranslation();
  const format = useFormats();
  const unread = sitting.unread ?? 0;
  return (
    <span className={classes.asking}>
      {sitting.hand ? (
        <span className={classes.ask}>
          <IconHandStop size={14} aria-hidden />
          <span className={classes.word}>{t("staff:live.hand")}</span>
        </span>
      ) : null}
      {unread > 0 ? (
        <span className={classes.ask}>
          <IconMessage size={14} aria-hidden />
          <span className="visually-hidden">{t("staff:live.unread", { count: unread, n: format.number(unread) })}</span>
          <span aria-hidden>{format.number(unread)}</span>
        </span>
      ) : null}
      {isWaiting(sitting) ? (
        <span className={classes.ask}>
          <IconDoorEnter size={14} aria-hidden />
          <span className={classes.word}>{t("staff:live.waits")}</span>
        </span>
      ) : null}
    </span>
  );
}

function Progress(props: { sitting: SittingWithViolations; running: boolean; clockOffset: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { sitting, running } = props;
  const total = sitting.total ?? 0;
  return (
    <span className={classes.progress}>
      {total > 0 ? (
        <span className={classes.counts}>
          {sitting.question && running ? (
            <Count
              icon={<IconListNumbers size={14} aria-hidden />}
              shown={`${format.number(sitting.question)}/${format.number(total)}`}
              words={t("staff:live.question", { at: format.number(sitting.question), all: format.number(total) })}
            />
          ) : null}
          <Count
            icon={<IconChecks size={14} aria-hidden />}
            shown={`${format.number(sitting.answered ?? 0)}/${format.number(total)}`}
            words={t("staff:live.answered", { n: format.number(sitting.answered ?? 0), all: format.number(total) })}
          />
        </span>
      ) : (
        <span />
      )}
      {running && sitting.begun !== false ? <TimeLeft endsAt={sitting.ends_at} clockOffset={props.clockOffset} /> : null}
    </span>
  );
}

function TimeLeft({ endsAt, clockOffset }: { endsAt: string; clockOffset: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const now = useNow() + clockOffset;
  return (
    <span className={classes.left} title={t("live.left")}>
      <IconClock size={14} aria-hidden />
      <span className="visually-hidden">{t("live.left")} </span>
      {format.stopwatch((Date.parse(endsAt) - now) / 1000)}
    </span>
  );
}

/** State, why we cannot see, and open violations; each in words. */
function Happening({ sitting, running }: { sitting: SittingWithViolations; running: boolean }) {
  const { t } = useTranslation();
  const open = running ? openViolations(sitting) : [];
  // The picture's corner already says that the line is down.
  const states = running ? sitting.states.filter((state) => state !== "link_lost") : [];
  return (
    <span className={classes.chips}>
      {sitting.ending_at && running ? (
        <span className={classes.chip} data-severity="critical">
          {t("staff:live.ending")}
        </span>
      ) : null}
      {open.map((violation) => (
        <span key={violation.id} className={classes.chip} data-severity={violation.severity}>
          <SeverityIcon severity={violation.severity} size={14} />
          {kindName(t, violation.kind)}
        </span>
      ))}
      {running && sitting.speech ? (
        <span className={classes.chip} data-neutral>
          <IconMicrophone size={14} aria-hidden />
          {t("staff:live.speech")}
        </span>
      ) : null}
      {sitting.flagged ? (
        <span className={classes.chip} data-severity="warning">
          <IconFlag size={14} aria-hidden />
          {t("staff:live.flagged")}
        </span>
      ) : null}
      {sitting.state !== "active" ? <span className={classes.chip}>{t(`live.state.${sitting.state}`)}</span> : null}
      {states.map((state) => (
        <span key={state} className={classes.chip} data-neutral>
          {stateName(t, state)}
        </span>
      ))}
    </span>
  );
}
