// Figures over exams and time: what was seen, how sure it was, who looked, and how well the lines held.
import { SegmentedControl, Select, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import classes from "./Analytics.module.css";
import { type Scope, useChoices } from "./analyticsQueries";
import { DistributionChart, HourChart, Overview, TrendChart, TypeChart } from "./SeenCharts";
import { ConnectionChart, DismissalChart, ExamChart, ReviewerChart, StudentChart } from "./WorkCharts";

const DAYS = [7, 30, 90, 365] as const;

export function Analytics() {
  const { t } = useTranslation();
  const format = useFormats();
  const exams = useChoices();
  const [scope, setScope] = useState<Scope>({ examId: null, course: "", days: 30 });
  const courses = [...new Set((exams.data ?? []).map((one) => one.group).filter(Boolean))];
  return (
    <div className={classes.page}>
      <Title order={1} size="h2" mb="sm">
        {t("nav.analytics")}
      </Title>
      <div className={classes.filters}>
        <Select
          aria-label={t("analytics:exam")}
          placeholder={t("analytics:allExams")}
          clearable
          searchable
          data={(exams.data ?? []).map((one) => ({ value: String(one.id), label: one.title }))}
          value={scope.examId === null ? null : String(scope.examId)}
          onChange={(value) => setScope({ ...scope, examId: value === null ? null : Number(value) })}
        />
        {courses.length > 0 ? (
          <Select
            aria-label={t("authoring:set.group.label")}
            placeholder={t("analytics:allCourses")}
            clearable
            data={courses}
            value={scope.course || null}
            onChange={(value) => setScope({ ...scope, course: value ?? "" })}
          />
        ) : null}
        <SegmentedControl
          aria-label={t("analytics:period")}
          value={String(scope.days)}
          onChange={(value) => setScope({ ...scope, days: Number(value) })}
          data={DAYS.map((days) => ({ value: String(days), label: t("analytics:days", { n: format.number(days) }) }))}
        />
      </div>
      <Overview scope={scope} />
      <div className={classes.charts}>
        <DistributionChart scope={scope} of="trust" />
        <DistributionChart scope={scope} of="coverage" />
        <TypeChart scope={scope} />
        <DismissalChart scope={scope} />
        <TrendChart scope={scope} />
        <HourChart scope={scope} />
        <ReviewerChart scope={scope} />
        <ConnectionChart scope={scope} />
        <ExamChart scope={scope} />
        <StudentChart scope={scope} />
      </div>
    </div>
  );
}
