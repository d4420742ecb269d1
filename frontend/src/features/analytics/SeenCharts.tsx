// What was seen: how much was noted, of which kind, when, and how much could be observed at all.
import { useTranslation } from "react-i18next";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { NamedBars, StepBars } from "@/ui/Bars";
import { Chart } from "@/ui/Chart";
import { kindName } from "@/ui/names";
import classes from "./Analytics.module.css";
import { exportReport, type Scope, useDistribution, useHours, useOverview, useTrends, useTypes } from "./analyticsQueries";
import { Pending } from "./Pending";

type Scoped = { scope: Scope };

export function Overview({ scope }: Scoped) {
  const { t } = useTranslation();
  const format = useFormats();
  const overview = useOverview(scope);
  return (
    <Pending query={overview}>
      {(data) => (
        <dl className={classes.figures}>
          {[
            [t("analytics:sittings"), format.number(data.recent_sessions)],
            [t("analytics:students"), format.number(data.active_users)],
            [t("analytics:noted"), format.number(data.recent_violations)],
            [t("analytics:dismissed"), format.number(data.total_dismissed)],
            [t("live.trust"), data.average_trust_score === null ? "–" : format.number(data.average_trust_score * 100, 0)],
            [t("live.coverageLabel"), data.average_coverage === null ? "–" : format.percent(data.average_coverage)],
          ].map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Pending>
  );
}

export function DistributionChart({ scope, of }: Scoped & { of: "trust" | "coverage" }) {
  const { t } = useTranslation();
  const format = useFormats();
  const distribution = useDistribution(scope, of);
  return (
    <Pending query={distribution}>
      {(data) => {
        const steps = data.distribution.map((bin) => ({
          key: bin.range,
          label: format.number(bin.low * 100, 0),
          value: bin.count,
        }));
        const title = t(`analytics:${of}Title`);
        return (
          <Chart
            title={title}
            {...(data.median === null
              ? {}
              : {
                  text: t("analytics:distributionText", {
                    count: data.total_sessions,
                    n: format.number(data.total_sessions),
                    median: format.number(data.median * 100, 0),
                  }),
                })}
            header={[t("analytics:from"), t("analytics:to"), t("analytics:sittings")]}
            rows={
              data.total_sessions === 0
                ? []
                : data.distribution.map((bin) => ({
                    key: bin.range,
                    cells: [format.number(bin.low * 100, 0), format.number(bin.high * 100, 0), format.number(bin.count)],
                  }))
            }
            onExport={(as) => exportReport(scope, of, as)}
          >
            <StepBars bars={steps} label={title} />
          </Chart>
        );
      }}
    </Pending>
  );
}

export function TypeChart({ scope }: Scoped) {
  const { t } = useTranslation();
  const format = useFormats();
  const types = useTypes(scope);
  return (
    <Pending query={types}>
      {(data) => (
        <Chart
          title={t("analytics:typesTitle")}
          header={[t("analytics:kind"), t("analytics:noted"), t("analytics:dismissed"), t("analytics:sittings")]}
          rows={data.map((row) => ({
            key: row.type,
            cells: [kindName(t, row.type), format.number(row.count), format.number(row.dismissed), format.number(row.sessions)],
          }))}
          onExport={(as) => exportReport(scope, "types", as)}
        >
          <NamedBars
            label={t("analytics:typesTitle")}
            beside={t("analytics:dismissedBeside")}
            bars={data.map((row) => ({ key: row.type, label: kindName(t, row.type), value: row.count, beside: row.dismissed }))}
          />
        </Chart>
      )}
    </Pending>
  );
}

export function TrendChart({ scope }: Scoped) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = useLanguage();
  const trends = useTrends(scope);
  const day = new Intl.DateTimeFormat(language === "bn" ? "bn-BD" : "en-GB", { day: "numeric", month: "short" });
  return (
    <Pending query={trends}>
      {({ trends: steps }) => (
        <Chart
          title={t("analytics:trendTitle")}
          header={[t("analytics:date"), t("analytics:noted"), t("analytics:dismissed"), t("analytics:sittings")]}
          rows={
            steps.some((step) => step.total + step.dismissed + step.sessions > 0)
              ? steps.map((step) => ({
                  key: step.date,
                  cells: [
                    day.format(new Date(step.date)),
                    format.number(step.total),
                    format.number(step.dismissed),
                    format.number(step.sessions),
                  ],
                }))
              : []
          }
          onExport={(as) => exportReport(scope, "trends", as)}
        >
          <StepBars
            label={t("analytics:trendTitle")}
            every={Math.max(1, Math.ceil(steps.length / 6))}
            bars={steps.map((step) => ({
              key: step.date,
              label: day.format(new Date(step.date)),
              value: step.total,
              beside: step.dismissed,
            }))}
          />
        </Chart>
      )}
    </Pending>
  );
}

export function HourChart({ scope }: Scoped) {
  const { t } = useTranslation();
  const format = useFormats();
  const hours = useHours(scope);
  return (
    <Pending query={hours}>
      {(data) => (
        <Chart
          title={t("analytics:hoursTitle")}
          text={t("authoring:timezone", { zone: data.timezone })}
          header={[t("analytics:hour"), t("analytics:sittings"), t("analytics:noted")]}
          rows={
            data.hours.some((hour) => hour.violations > 0)
              ? data.hours.map((hour) => ({
                  key: String(hour.hour),
                  cells: [format.number(hour.hour), format.number(hour.sessions), format.number(hour.violations)],
                }))
              : []
          }
          onExport={(as) => exportReport(scope, "hourly", as)}
        >
          <StepBars
            label={t("analytics:hoursTitle")}
            every={4}
            bars={data.hours.map((hour) => ({ key: String(hour.hour), label: format.number(hour.hour), value: hour.violations }))}
          />
        </Chart>
      )}
    </Pending>
  );
}
