// One violation: what, when, how sure, why, what it costs, and its evidence.
import type { TFunction } from "i18next";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/client";
import type { Formats } from "@/lib/format";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { EvidenceStrip } from "@/ui/EvidenceStrip";
import type { Evidence, Violation } from "./messages";
import { kindName, measureName } from "@/ui/names";
import { SeverityIcon } from "@/ui/SeverityIcon";
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
  const why = reasons(t, format, violation);
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

/** "Gaze sideways −32.1° (limit 14°) · …": what was measured against what is allowed, then limits of another name. */
function reasons(t: TFunction, format: Formats, { measured, threshold }: Violation): string {
  const told = Object.entries(measured).map(([measure, value]) => {
    const limit = threshold[measure];
    const text = `${measureName(t, measure)} ${format.number(value, 2)}`;
    return limit === undefined ? text : `${text} (${t("live.limit", { limit: format.number(limit, 2) })})`;
  });
  const others = Object.entries(threshold)
    .filter(([measure]) => !(measure in measured))
    .map(([measure, limit]) => `${measureName(t, measure)} ${format.number(limit, 2)}`);
  return [...told, ...others].join(" · ");
}
