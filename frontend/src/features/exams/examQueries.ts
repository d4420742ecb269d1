// Reading and changing exams over HTTP.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "@/api/client";
import type { Exam, ExamIn } from "@/api/types";

const PAGE = 100;
const LIVE_COUNT_MS = 15_000;

export function useExams() {
  return useQuery({
    queryKey: ["exams"],
    queryFn: () => answered(api.GET("/api/v1/exams/", { params: { query: { skip: 0, limit: PAGE } } })),
    refetchInterval: 60_000,
  });
}

/** Whether demonstration data may be made here and there is none; only administrators may ask. */
export function useDemoOffer(isAdmin: boolean): boolean {
  const read = useQuery({
    queryKey: ["demo-data"],
    queryFn: () => answered(api.GET("/api/v1/demo-data")),
    enabled: isAdmin,
  });
  return read.data !== undefined && read.data.allowed && !read.data.exists;
}

/** How many are sitting the exam now and how many sat it; asked again while the exam's window is open. */
export function useSittings(exam: Exam, isOpen: boolean) {
  return useQuery({
    queryKey: ["exams", exam.id, "sittings"],
    queryFn: () =>
      answered(api.GET("/api/v1/proctoring/sessions/{exam_id}", { params: { path: { exam_id: exam.id } } })),
    select: (taken) => ({ all: taken.length, live: taken.filter((one) => !one.is_completed).length }),
    enabled: exam.status !== "draft",
    refetchInterval: isOpen ? LIVE_COUNT_MS : false,
  });
}

export type SavedExam = { exam: Exam; publishFailed: unknown };

/** Creates an exam and, if wished, publishes it; a refused publication leaves a saved draft. */
export function useSaveExam() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ fields, publish }: { fields: ExamIn; publish: boolean }) => {
      const exam = await answered(api.POST("/api/v1/exams/", { body: fields }));
      if (!publish) return { exam, publishFailed: null } satisfies SavedExam;
      try {
        return { exam: await publishExam(exam.id), publishFailed: null } satisfies SavedExam;
      } catch (error) {
        return { exam, publishFailed: error } satisfies SavedExam;
      }
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["exams"] }),
  });
}

export function usePublishExam() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: publishExam,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["exams"] }),
  });
}

export function useDeleteExam() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => answered(api.DELETE("/api/v1/exams/{exam_id}", { params: { path: { exam_id: id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["exams"] }),
  });
}

function publishExam(id: number): Promise<Exam> {
  return answered(api.POST("/api/v1/exams/{exam_id}/publish", { params: { path: { exam_id: id } } }));
}
