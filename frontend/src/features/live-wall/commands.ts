// What staff can do to sittings from the live page; each is audited by the server and told to the student.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "@/api/call";
import { answered, api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { notice } from "@/ui/notice";
import { problemText } from "@/ui/problemText";

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
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (command: Command) =>
      call<unknown>("POST", `/exam-sessions/${sittingId}/${command.verb}`, { body: bodyOf(command) }),
    onError: (error) => notice(problemText(t, asProblem(error)), { failed: true }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["messages", sittingId] }),
  });
}

export type ExamCommand = { verb: "message"; text: string } | { verb: "admit-all" };

export function useExamCommand(examId: number) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (command: ExamCommand) =>
      call<unknown>("POST", `/exams/${examId}/${command.verb}`, {
        body: command.verb === "message" ? { text: command.text } : {},
      }),
    onError: (error) => notice(problemText(t, asProblem(error)), { failed: true }),
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
