// How often the detectors were wrong, who looked and how long it took, how the lines held, and exams and students side by side.
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { Chart } from "@/ui/Chart";
import { kindName } from "@/ui/names";
import {
  exportReport,
  type Scope,
  useConnections,
  useDismissals,
  useExamFigures,
  useReviewers,
  useStudentFigures,
} from "./analyticsQueries";
import { Pending } from "./Pending";

type Scoped = { scope: Scope };

export function DismissalChart({ scope }: Scoped) {
  const { t } = useTranslation();
  const format = useFormats();
  const dismissals = useDismissals(scope);
  return (
    <Pending query={dismissals}>
      {(data) => (
        <Chart
          title={t("analytics:falseTitle")}
          text={t("analytics:falseText")}
          header={[t("analytics:kind"), t("authoring:preset.label"), t("analytics:noted"), t("analytics:judged"), t("analytics:falseRate")]}
          rows={data.map((row) => ({
            key: `${row.kind}/${row.preset}`,
            cells: [
              kindName(t, row.kind),
              t(`authoring:preset.${row.preset}`),
              format.number(row.noted),
              format.number(row.confirmed + row.dismissed),
              row.false_alarm_rate === null || row.low === null || row.high === null
                ? "–"
                : t("analytics:rate", {
                    rate: format.percent(row.false_alarm_rate),
                    low: format.percent(row.low),
                    high: format.percent(row.high),
                  }),
            ],
          }))}
          onExport={(as) => exportReport(scope, "dismissals", as)}
        />
      )}
    </Pending>
  );
}

export function ReviewerChart({ scope }: Scoped) {
  const { t } = useTranslation();
  const format = useFormats();
  const reviewers = useReviewers(scope);
  return (
    <Pending query={reviewers}>
      {(data) => (
        <Chart
          title={t("analytics:reviewersTitle")}
          text={t("analytics:reviewersText", {
            sittings: format.number(data.undecided_sessions),
            noted: format.number(data.unreviewed_violations),
          })}
          header={[t("people.name"), t("analytics:verdicts"), t("analytics:decisions"), t("analytics:minutes"), t("analytics:perLook")]}
          rows={data.reviewers.map((row) => ({
            key: String(row.reviewer_id),
            cells: [
              row.full_name || t("common.unknown"),
              format.number(row.verdicts),
              format.number(row.decisions),
              format.number(row.minutes, 0),
              row.median_seconds === null ? "–" : format.stopwatch(row.median_seconds),
            ],
          }))}
          onExport={(as) => exportReport(scope, "reviewers", as)}
        />
      )}
    </Pending>
  );
}

export function ConnectionChart({ scope }: Scoped) {
  const { t } = useTranslation();
  const format = useFormats();
  const connections = useConnections(scope);
  return (
    <Pending query={connections}>
      {(data) => (
        <Chart
          title={t("analytics:linesTitle")}
          text={t("analytics:linesText", {
            count: data.server_pauses,
            n: format.number(data.server_pauses),
            time: format.stopwatch(data.server_pause_seconds),
          })}
          header={[t("analytics:exam"), t("analytics:sittings"), t("analytics:outages"), t("analytics:lost"), t("live.coverageLabel")]}
          rows={data.exams.map((row) => ({
            key: String(row.exam_id),
            cells: [
              row.title,
              format.number(row.sessions),
              format.number(row.outages),
              format.stopwatch(row.link_seconds),
              row.average_coverage === null ? "–" : format.percent(row.average_coverage),
            ],
          }))}
          onExport={(as) => exportReport(scope, "connections", as)}
        />
      )}
    </Pending>
  );
}

export function ExamChart({ scope }: Scoped) {
  const { t } = useTranslation();
  const format = useFormats();
  const exams = useExamFigures(scope);
  return (
    <Pending query={exams}>
      {(data) => (
        <Chart
          title={t("nav.exams")}
          header={[t("analytics:exam"), t("analytics:sittings"), t("live.trust"), t("live.coverageLabel"), t("analytics:noted")]}
          rows={data.map((row) => ({
            key: String(row.exam_id),
            cells: [
              row.title,
              format.number(row.total_sessions),
              row.average_trust_score === null ? "–" : format.number(row.average_trust_score * 100, 0),
              row.average_coverage === null ? "–" : format.percent(row.average_coverage),
              format.number(row.total_violations),
            ],
          }))}
          onExport={(as) => exportReport(scope, "exams", as)}
        />
      )}
    </Pending>
  );
}

export function StudentChart({ scope }: Scoped) {
  const { t } = useTranslation();
  const format = useFormats();
  const students = useStudentFigures(scope);
  return (
    <Pending query={students}>
      {(data) => (
        <Chart
          title={t("analytics:students")}
          text={t("analytics:studentsText")}
          header={[t("people.name"), t("analytics:sittings"), t("live.trust"), t("live.coverageLabel"), t("analytics:noted")]}
          rows={data.map((row) => ({
            key: String(row.student_id),
            cells: [
              row.full_name,
              format.number(row.total_sessions),
              row.average_trust_score === null ? "–" : format.number(row.average_trust_score * 100, 0),
              row.average_coverage === null ? "–" : format.percent(row.average_coverage),
              format.number(row.total_violations),
            ],
          }))}
          onExport={(as) => exportReport(scope, "students", as)}
        />
      )}
    </Pending>
  );
}
