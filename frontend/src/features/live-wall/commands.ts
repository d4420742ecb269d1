// What staff can do to sittings from the live page; each is audited by the server and told to the student.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "@/api/call";
import { answered, api } from "@/api/client";
import { failureNotice } from "@/ui/notice";

export type Command =
  | { verb: "pause" | "warn" | "message"; text: string }
  | { verb: "resume" | "challenge" | "room-view" | "admit" | "terminate/undo" }
  | { verb: "extend"; minutes: number }
  | { verb: "terminate"; reason: string; delaySeconds: number };

function bodyOf(command: Command): object {
  switch (command.verb) {
    case "pause":
      return { reason: command.text };
    case "warn":
    case "message":
      return { text: command.text };
    case "extend":
      return { minutes: command.minutes };
    case "terminate":
      return { reason: command.reason, delay_seconds: command.delaySeconds };
    default:
      return {};
  }
}

/** Runs a command; a refusal is told in words. The page itself changes when the server announces what happened. */
export function useCommand(sittingId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (command: Command) =>
      call<unknown>("POST", `/exam-sessions/${sittingId}/${command.verb}`, { body: bodyOf(command) }),
    onError: failureNotice,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["messages", sittingId] }),
  });
}

export type ExamCommand = { verb: "message"; text: string } | { verb: "admit-all" };

export function useExamCommand(examId: number) {
  return useMutation({
    mutationFn: (command: ExamCommand) =>
      call<unknown>("POST", `/exams/${examId}/${command.verb}`, {
        body: command.verb === "message" ? { text: command.text } : {},
      }),
    onError: failureNotice,
  });
}

/** Both sides' messages, oldest first; `version` changes when there is reason to ask again. */
export function useMessages(sittingId: number, version: string) {
  return useQuery({
    queryKey: ["messages", sittingId, version],
    queryFn: () =>
      answered(api.GET("/api/v1/exam-sessions/{session_id}/messages", { params: { path: { session_id: sittingId } } })),
    placeholderData: (known) => known,
  });
}
