// Marks and results over HTTP.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "@/api/client";
import type { MarkIn } from "@/api/types";

const path = (examId: number) => ({ path: { exam_id: examId } });
const key = (examId: number, ...more: unknown[]) => ["exams", examId, "grading", ...more];

export function useSummary(examId: number) {
  return useQuery({
    queryKey: key(examId, "summary"),
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}/grading/summary", { params: path(examId) })),
  });
}

export type Stretch = { questionId?: number; sittingId?: number; waiting: boolean };
const PAGE = 100;

/** Answers of one question or of one sitting; `waiting` leaves out what has its mark. */
export function useAnswers(examId: number, { questionId, sittingId, waiting }: Stretch) {
  return useQuery({
    queryKey: key(examId, "answers", questionId ?? null, sittingId ?? null, waiting),
    queryFn: () =>
      answered(
        api.GET("/api/v1/exams/{exam_id}/grading", {
          params: {
            ...path(examId),
            query: {
              ...(questionId === undefined ? {} : { question_id: questionId }),
              ...(sittingId === undefined ? {} : { exam_session_id: sittingId }),
              waiting,
              limit: PAGE,
            },
          },
        }),
      ),
  });
}

export function useMark(examId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ answerId, mark }: { answerId: number; mark: MarkIn }) =>
      answered(api.PUT("/api/v1/answers/{answer_id}/mark", { params: { path: { answer_id: answerId } }, body: mark })),
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: key(examId, "summary") }),
        queryClient.invalidateQueries({ queryKey: ["exams", examId, "results"] }),
      ]),
  });
}

export function useResults(examId: number) {
  return useQuery({
    queryKey: ["exams", examId, "results"],
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}/results", { params: path(examId) })),
  });
}

export function useRelease(examId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (wanted: { release: true; anyway: boolean } | { release: false }) =>
      wanted.release
        ? answered(
            api.POST("/api/v1/exams/{exam_id}/results/release", { params: path(examId), body: { anyway: wanted.anyway } }),
          )
        : answered(api.POST("/api/v1/exams/{exam_id}/results/withdraw", { params: path(examId) })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["exams", examId] }),
  });
}

export function useStatistics(examId: number) {
  return useQuery({
    queryKey: ["exams", examId, "statistics"],
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}/question-statistics", { params: path(examId) })),
  });
}
