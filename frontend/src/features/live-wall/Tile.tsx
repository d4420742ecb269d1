// One student on the wall: latest picture, connection, trust, coverage, what is going on.
import { IconVideoOff, IconWifi, IconWifiOff } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { gravity, isRunning, openViolations } from "./attention";
import type { SittingWithViolations } from "./messages";
import { kindName, stateName } from "@/ui/names";
import type { Pictures } from "./pictures";
import { SeverityIcon } from "@/ui/SeverityIcon";
import classes from "./Tile.module.css";
import { TrustBadge } from "@/ui/TrustBadge";
import { useLatestPicture } from "./useLiveExam";

type TileProps = {
  sitting: SittingWithViolations;
  pictures: Pictures;
  selected: boolean;
  onSelect: (sittingId: number | null) => void;
};

const GRAVITIES = ["none", "info", "warning", "critical"] as const;

export const Tile = memo(function Tile({ sitting, pictures, selected, onSelect }: TileProps) {
  const { t } = useTranslation();
  const format = useFormats();
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
      </span>
      <span className={classes.name}>{sitting.student.full_name}</span>
      <span className={classes.row}>
        <TrustBadge trust={sitting.trust} band={sitting.band} />
        <span className={classes.small}>
          {sitting.coverage === null
            ? t("live.coverageNone")
            : t("live.coverage", { share: format.percent(sitting.coverage) })}
        </span>
      </span>
      <Happening sitting={sitting} running={running} />
    </button>
  );
});

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
      {t(online ? "live.isOnline" : "live.isOffline")}
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
      {sitting.state !== "active" ? <span className={classes.chip}>{t(`live.state.${sitting.state}`)}</span> : null}
      {open.map((violation) => (
        <span key={violation.id} className={classes.chip} data-severity={violation.severity}>
          <SeverityIcon severity={violation.severity} size={14} />
          {kindName(t, violation.kind)}
        </span>
      ))}
      {states.map((state) => (
        <span key={state} className={classes.chip} data-neutral>
          {stateName(t, state)}
        </span>
      ))}
    </span>
  );
}
