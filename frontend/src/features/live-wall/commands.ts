// What staff can do to sittings from the live page; each is audited by the server and told to the student.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "@/api/client";
import { failureNotice } from "@/ui/notice";

export type Command =
  | { verb: "pause" | "warn" | "message"; text: string }
  | { verb: "resume" | "challenge" | "room-view" | "admit" | "terminate/undo" | "hand/lower" }
  | { verb: "extend"; minutes: number }
  | { verb: "terminate"; reason: string; delaySeconds: number };

function send(sittingId: number, command: Command): Promise<unknown> {
  const params = { path: { session_id: sittingId } };
  switch (command.verb) {
    case "pause":
      return answered(api.POST("/api/v1/exam-sessions/{session_id}/pause", { params, body: { reason: command.text } }));
    case "warn":
      return answered(api.POST("/api/v1/exam-sessions/{session_id}/warn", { params, body: { text: command.text } }));
    case "message":
      return answered(api.POST("/api/v1/exam-sessions/{session_id}/message", { params, body: { text: command.text } }));
    case "extend":
      return answered(api.POST("/api/v1/exam-sessions/{session_id}/extend", { params, body: { minutes: command.minutes } }));
    case "terminate": {
      const body = { reason: command.reason, delay_seconds: command.delaySeconds };
      return answered(api.POST("/api/v1/exam-sessions/{session_id}/terminate", { params, body }));
    }
    default:
      return answered<unknown>(api.POST(`/api/v1/exam-sessions/{session_id}/${command.verb}`, { params }));
  }
}

/** Runs a command; a refusal is told in words. The page itself changes when the server announces what happened. */
export function useCommand(sittingId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (command: Command) => send(sittingId, command),
    onError: failureNotice,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["messages", sittingId] }),
  });
}

export type ExamCommand = { verb: "message"; text: string } | { verb: "admit-all" };

export function useExamCommand(examId: number) {
  const params = { path: { exam_id: examId } };
  return useMutation({
    mutationFn: (command: ExamCommand) =>
      command.verb === "message"
        ? answered<unknown>(api.POST("/api/v1/exams/{exam_id}/message", { params, body: { text: command.text } }))
        : answered<unknown>(api.POST("/api/v1/exams/{exam_id}/admit-all", { params })),
    onError: failureNotice,
  });
}

const READ_MS = 5000;

/** Both sides' messages, oldest first; `version` changes when there is reason to ask again. */
export function useMessages(sittingId: number, version: string, running: boolean) {
  return useQuery({
    queryKey: ["messages", sittingId, version],
    queryFn: () =>
      answered(api.GET("/api/v1/exam-sessions/{session_id}/messages", { params: { path: { session_id: sittingId } } })),
    placeholderData: (known) => known,
    // Nobody announces that a student has read: asked again until the last text to them was.
    refetchInterval: (query) => (running && query.state.data?.findLast((one) => one.from === "staff")?.read === false ? READ_MS : false),
  });
}

/** False where children sit the exam: no face is measured, and nothing costs trust. */
export function useScored(examId: number): boolean {
  const exam = useQuery({
    queryKey: ["exams", examId],
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}", { params: { path: { exam_id: examId } } })),
  });
  return !exam.data?.minors;
}
