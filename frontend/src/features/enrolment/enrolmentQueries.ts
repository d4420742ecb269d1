// The exam's list of students and what is different for some of them.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "@/api/client";
import type { AccommodationIn, EnrolledStudent } from "@/api/types";

const at = (examId: number) => ({ params: { path: { exam_id: examId } } });

export function useEnrolments(examId: number) {
  return useQuery({
    queryKey: ["exams", examId, "enrolments"],
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}/enrolments", at(examId))),
  });
}

export type Listed = { student: number | string; group: string };

/** The list always travels whole: one wrong line and nothing changes. */
export function useReplaceEnrolments(examId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (students: Listed[]) =>
      answered(api.PUT("/api/v1/exams/{exam_id}/enrolments", { ...at(examId), body: { students } })),
    onSuccess: (students: EnrolledStudent[]) => queryClient.setQueryData(["exams", examId, "enrolments"], students),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["exams", examId] }),
  });
}

export function useAccommodations(examId: number) {
  return useQuery({
    queryKey: ["exams", examId, "accommodations"],
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}/accommodations", at(examId))),
  });
}

export function useSetAccommodation(examId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ studentId, wanted }: { studentId: number; wanted: AccommodationIn | null }) => {
      const params = { params: { path: { exam_id: examId, student_id: studentId } } };
      return wanted
        ? answered<unknown>(api.PUT("/api/v1/exams/{exam_id}/accommodations/{student_id}", { ...params, body: wanted }))
        : answered<unknown>(api.DELETE("/api/v1/exams/{exam_id}/accommodations/{student_id}", params));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["exams", examId, "accommodations"] }),
  });
}
