// Reading and changing one exam in the editor.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "@/api/call";
import { answered, api } from "@/api/client";
import type { Exam, ExamChanges } from "@/api/types";

export function useExam(examId: number) {
  return useQuery({
    queryKey: ["exams", examId],
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}", { params: { path: { exam_id: examId } } })),
  });
}

export function useUpdateExam(examId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (changes: ExamChanges) =>
      answered(api.PUT("/api/v1/exams/{exam_id}", { params: { path: { exam_id: examId } }, body: changes })),
    onSuccess: (exam) => queryClient.setQueryData(["exams", examId], exam),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["exams"] }),
  });
}

export type ChecklistItem = { code: string; ok: boolean; params: Record<string, string | number> };
export type Checklist = { ready: boolean; items: ChecklistItem[] };

export function useChecklist(examId: number) {
  return useQuery({
    queryKey: ["exams", examId, "checklist"],
    queryFn: () => call<Checklist>("GET", `/exams/${examId}/checklist`),
  });
}

export function useDuplicateExam() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (examId: number) => call<Exam>("POST", `/exams/${examId}/duplicate`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["exams"] }),
  });
}
