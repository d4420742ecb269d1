// When there was no line, and when there was nothing to see: told to the student, counted against nobody.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { type Outage, outages, type Unobserved, unobserved } from "../api";
import { isOutage, SHORTEST } from "../outages";

export function NotSeen({ id, coverage }: { id: number; coverage: number | null }) {
  const gaps = useQuery({ queryKey: ["outages", id], queryFn: () => outages(id) });
  const spans = useQuery({ queryKey: ["unobserved", id], queryFn: () => unobserved(id) });
  return (
    <>
      <Gaps gaps={gaps.data ?? []} />
      <Spans spans={spans.data ?? []} coverage={coverage} />
    </>
  );
}

function Gaps({ gaps }: { gaps: Outage[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const long = gaps.filter((gap) => isOutage(gap.seconds, gap.credited_seconds));
  const short = gaps.length - long.length;
  if (long.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="outages">
      <h2 id="outages">{t("after.outages")}</h2>
      <ul>
        {long.map((gap) => (
          <li key={gap.started_at}>
            {t("after.outage", { at: format.clock(Date.parse(gap.started_at)), time: format.stopwatch(gap.seconds) })}{" "}
            {gap.credited_seconds > 0 ? t("room.credited", { time: format.stopwatch(gap.credited_seconds) }) : ""}
          </li>
        ))}
      </ul>
      {short > 0 ? <p>{t("after.shortGaps", { count: short, n: format.number(short), s: format.number(SHORTEST) })}</p> : null}
      <p className="dim">{t("after.outageText")}</p>
    </section>
  );
}

function Spans({ spans, coverage }: { spans: Unobserved[]; coverage: number | null }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (spans.length === 0 && coverage === null) return null;
  return (
    <section className="card stack" aria-labelledby="unobserved">
      <h2 id="unobserved">{t("after.unobserved")}</h2>
      {coverage === null ? null : <p>{t("after.coverage", { n: format.percent(coverage) })}</p>}
      {spans.length > 0 ? (
        <ul>
          {spans.map((span) => (
            <li key={`${span.from}${span.states.join()}`}>
              {t("after.unobservedSpan", {
                from: format.clock(Date.parse(span.from)),
                to: format.clock(Date.parse(span.to)),
                why: span.states.map((state) => t(`states:${state}.name`)).join(", "),
              })}
            </li>
          ))}
        </ul>
      ) : null}
      <p className="dim">{t("after.unobservedText")}</p>
    </section>
  );
}
