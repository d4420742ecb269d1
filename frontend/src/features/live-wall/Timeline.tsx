// A student's sitting from its start to now: one lane per kind of violation, and where pictures were missing.
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import shared from "@/ui/TimelineLanes.module.css";
import type { SittingWithViolations } from "./messages";
import { kindName } from "@/ui/names";
import type { Span } from "./pictures";
import classes from "./Timeline.module.css";
import { type Lane, layOut } from "./timelineLayout";

const LANE = 22;
const TICKS = [0, 25, 50, 75, 100];

export function Timeline(props: {
  sitting: SittingWithViolations;
  seen: readonly Span[];
  now: number;
  onPick: (violationId: number) => void;
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const layout = layOut(props.sitting, props.seen, props.now);
  // Of a sitting that had ended before this page was opened there is nothing to say about pictures.
  const pictures = layout.seen.length > 0 || props.sitting.ended_at === null;
  return (
    <section aria-labelledby="timeline-title">
      <h3 id="timeline-title" className={classes.title}>
        {t("live.timeline")}
      </h3>
      <div className={shared.lanes}>
        {pictures && <span className={shared.label}>{t("live.pictures")}</span>}
        {pictures && <SeenLane seen={layout.seen} label={t("live.picturesHint")} />}
        {layout.lanes.map((lane) => (
          <ViolationLane key={lane.kind} lane={lane} name={kindName(t, lane.kind)} onPick={props.onPick} />
        ))}
        <span />
        <div className={shared.axis} aria-hidden="true">
          {TICKS.map((at) => (
            <span key={at} className={shared.tick} style={{ left: `${at}%` }} data-edge={at === 0 ? "start" : at === 100 ? "end" : undefined}>
              {format.stopwatch(((layout.to - layout.from) * at) / 100_000)}
            </span>
          ))}
        </div>
      </div>
      {pictures && (
        <p className={classes.legend}>
          <svg width="28" height="12" aria-hidden="true">
            <NoData id="no-data-legend" />
            <rect width="28" height="12" fill="url(#no-data-legend)" />
          </svg>
          {t("live.noData")}
        </p>
      )}
    </section>
  );
}

/** Diagonal lines: "no data", in the way of maps. */
function NoData({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" className={shared.ground} />
        <line x1="0" y1="0" x2="0" y2="6" className={classes.hatch} />
      </pattern>
    </defs>
  );
}

function SeenLane({ seen, label }: { seen: { left: number; width: number }[]; label: string }) {
  return (
    <svg className={shared.lane} height={LANE} role="img" aria-label={label}>
      <NoData id="no-data" />
      <rect width="100%" height={LANE} fill="url(#no-data)" />
      {seen.map(({ left, width }) => (
        <rect key={left} x={`${left}%`} width={`${width}%`} height={LANE} className={classes.seen} />
      ))}
    </svg>
  );
}

function ViolationLane(props: { lane: Lane; name: string; onPick: (violationId: number) => void }) {
  return (
    <>
      <span className={shared.label}>{props.name}</span>
      <svg className={shared.lane} height={LANE} role="group" aria-label={props.name}>
        <rect width="100%" height={LANE} className={shared.ground} />
        {props.lane.bars.map((bar) => (
          <a
            key={bar.id}
            href={`#violation-${bar.id}`}
            aria-label={props.name}
            onClick={(event) => {
              event.preventDefault();
              props.onPick(bar.id);
            }}
          >
            <rect
              x={`${bar.left}%`}
              width={`${bar.width}%`}
              y={3}
              height={LANE - 6}
              rx={3}
              className={classes.bar}
              data-severity={bar.severity}
              data-open={bar.open || undefined}
            />
          </a>
        ))}
      </svg>
    </>
  );
}
