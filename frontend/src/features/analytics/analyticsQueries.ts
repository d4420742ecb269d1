// Figures over exams and time, all with the same scope.
import { useQuery } from "@tanstack/react-query";
import { download } from "@/api/call";
import { answered, api } from "@/api/client";

export type Scope = { examId: number | null; course: string; days: number };

function queryOf({ examId, course, days }: Scope) {
  return {
    ...(examId === null ? {} : { exam_id: examId }),
    ...(course ? { course } : {}),
    days,
    tz: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

const key = (name: string, scope: Scope) => ["analytics", name, scope];

export function useOverview(scope: Scope) {
  return useQuery({
    queryKey: key("overview", scope),
    queryFn: () => answered(api.GET("/api/v1/analytics/overview", { params: { query: queryOf(scope) } })),
  });
}

export function useTrends(scope: Scope) {
  const interval = scope.days > 200 ? "month" : scope.days > 60 ? "week" : "day";
  return useQuery({
    queryKey: key("trends", scope),
    queryFn: () =>
      answered(api.GET("/api/v1/analytics/violations/trends", { params: { query: { ...queryOf(scope), interval } } })),
  });
}

export function useTypes(scope: Scope) {
  return useQuery({
    queryKey: key("types", scope),
    queryFn: () => answered(api.GET("/api/v1/analytics/violations/types", { params: { query: queryOf(scope) } })),
  });
}

export function useDistribution(scope: Scope, of: "trust" | "coverage") {
  return useQuery({
    queryKey: key(of, scope),
    queryFn: () =>
      of === "trust"
        ? answered(api.GET("/api/v1/analytics/trust-scores/distribution", { params: { query: queryOf(scope) } }))
        : answered(api.GET("/api/v1/analytics/coverage/distribution", { params: { query: queryOf(scope) } })),
  });
}

export function useHours(scope: Scope) {
  return useQuery({
    queryKey: key("hourly", scope),
    queryFn: () => answered(api.GET("/api/v1/analytics/activity/hourly", { params: { query: queryOf(scope) } })),
  });
}

export function useDismissals(scope: Scope) {
  return useQuery({
    queryKey: key("dismissals", scope),
    queryFn: () => answered(api.GET("/api/v1/analytics/dismissals", { params: { query: queryOf(scope) } })),
  });
}

export function useReviewers(scope: Scope) {
  return useQuery({
    queryKey: key("reviewers", scope),
    queryFn: () => answered(api.GET("/api/v1/analytics/reviewers", { params: { query: queryOf(scope) } })),
  });
}

export function useConnections(scope: Scope) {
  return useQuery({
    queryKey: key("connections", scope),
    queryFn: () => answered(api.GET("/api/v1/analytics/connections", { params: { query: queryOf(scope) } })),
  });
}

export function useExamFigures(scope: Scope) {
  return useQuery({
    queryKey: key("exams", scope),
    queryFn: () => answered(api.GET("/api/v1/analytics/exams/performance", { params: { query: queryOf(scope) } })),
  });
}

export function useStudentFigures(scope: Scope) {
  return useQuery({
    queryKey: key("students", scope),
    queryFn: () => answered(api.GET("/api/v1/analytics/students/performance", { params: { query: queryOf(scope) } })),
  });
}

/** The exams and courses that one can choose from. */
export function useChoices() {
  return useQuery({
    queryKey: ["exams"],
    queryFn: () => answered(api.GET("/api/v1/exams/", { params: { query: { skip: 0, limit: 100 } } })),
  });
}

export function exportReport(scope: Scope, report: string, format: "csv" | "xlsx" | "json"): Promise<void> {
  return download("/analytics/export", { ...queryOf(scope), report, format });
}
