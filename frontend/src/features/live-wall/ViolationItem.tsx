// One violation: what, when, how sure, why, what it costs, and its evidence.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/client";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { EvidenceStrip } from "@/ui/EvidenceStrip";
import type { Evidence, Violation } from "./messages";
import { kindName } from "@/ui/names";
import { SeverityIcon } from "@/ui/SeverityIcon";
import { violationReasons } from "@/ui/violationReasons";
import classes from "./ViolationList.module.css";

const NO_EVIDENCE: Evidence[] = [];

type ItemProps = { violation: Violation; startedAt: string; clockOffset: number; picked: boolean };

export function ViolationItem({ violation, startedAt, clockOffset, picked }: ItemProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (picked) item.current?.scrollIntoView({ block: "nearest" });
  }, [picked]);
  const name = kindName(t, violation.kind);
  const why = violationReasons(t, format, violation);
  return (
    <li
      ref={item}
      id={`violation-${violation.id}`}
      className={classes.item}
      data-severity={violation.severity}
      data-picked={picked || undefined}
    >
      <div className={classes.head}>
        <span className={classes.kind}>
          <SeverityIcon severity={violation.severity} size={18} />
          {name}
          <span className={classes.severity}>{t(`live.severity.${violation.severity}`)}</span>
        </span>
        <span className={classes.when} title={format.clock(Date.parse(violation.started_at))}>
          <When violation={violation} startedAt={startedAt} clockOffset={clockOffset} />
        </span>
      </div>
      {why ? <p className={classes.why}>{why}</p> : null}
      <p className={classes.facts}>
        <span>{t("live.confidence", { share: format.percent(violation.confidence) })}</span>
        {violation.count > 1 ? <span>{t("live.times", { count: violation.count, n: format.number(violation.count) })}</span> : null}
        {typeof violation.without_this === "number" ? (
          <span>
            {t("live.withoutThis")} <strong>{format.number(Math.round(violation.without_this), 0)}</strong>
          </span>
        ) : null}
      </p>
      <EvidenceStrip evidence={violation.evidence ?? NO_EVIDENCE} name={name} load={fetchPicture} />
    </li>
  );
}

/** Start–end on the exam's clock, and for how long. */
function When({ violation, startedAt, clockOffset }: Omit<ItemProps, "picked">) {
  const { t } = useTranslation();
  const format = useFormats();
  const now = useNow() + clockOffset;
  const zero = Date.parse(startedAt);
  const start = Date.parse(violation.started_at);
  const end = violation.ended_at ? Date.parse(violation.ended_at) : now;
  const from = format.stopwatch((start - zero) / 1000);
  const duration = t("live.duration", { time: format.stopwatch(Math.max(0, end - start) / 1000) });
  if (!violation.ended_at) {
    return (
      <>
        {from} – <span className={classes.open}>{t("live.ongoing")}</span> ({duration})
      </>
    );
  }
  return <>{`${from} – ${format.stopwatch((end - zero) / 1000)} (${duration})`}</>;
}
