// Reading and changing one exam in the editor.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "@/api/client";
import type { ExamChanges } from "@/api/types";

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

export function useChecklist(examId: number) {
  return useQuery({
    queryKey: ["exams", examId, "checklist"],
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}/checklist", { params: { path: { exam_id: examId } } })),
  });
}

export function useDuplicateExam() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (examId: number) => 
      answered(api.POST("/api/v1/exams/{exam_id}/duplicate", { params: { path: { exam_id: examId } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["exams"] }),
  });
}
