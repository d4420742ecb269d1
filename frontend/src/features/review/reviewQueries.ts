// Reading and deciding over HTTP; what the server answers replaces what was known, so that trust is never guessed here.
import { type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "@/api/client";
import type { Decision, QueueItem, Review, ReviewedViolation, Verdict, VerdictRead, ViolationKind } from "@/api/types";

const PAGE = 50;
export const QUEUE_STATUS = ["open", "decided", "all"] as const;
export type QueueStatus = (typeof QUEUE_STATUS)[number];

export function useQueue(examId: number | null, status: QueueStatus) {
  return useInfiniteQuery({
    queryKey: ["review-queue", examId, status],
    queryFn: ({ pageParam }) =>
      answered(
        api.GET("/api/v1/review/queue", {
          params: { query: { ...(examId === null ? {} : { exam_id: examId }), status, skip: pageParam, limit: PAGE } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last: QueueItem[], all) => (last.length < PAGE ? undefined : all.length * PAGE),
  });
}

/**
 * The sitting of the same exam in which a look would change most, this one left out; null when all were looked at.
 * One that was just judged here is passed over, though its verdicts may still be on their way.
 */
export function useNextSitting(examId: number, sittingId: number) {
  const queryClient = useQueryClient();
  const judgedHere = (other: number) =>
    queryClient.getQueryData<Review>(key(other))?.violations.every((one) => one.verdict !== null) ?? false;
  return useQuery({
    queryKey: ["review-queue", examId, "next", sittingId],
    queryFn: () =>
      answered(api.GET("/api/v1/review/queue", { params: { query: { exam_id: examId, status: "open", limit: PAGE } } })),
    select: (items) =>
      items.map((one) => (one.open > 0 ? one.exam_session_id : sittingId)).find((one) => one !== sittingId && !judgedHere(one)) ?? null,
  });
}

const key = (sittingId: number) => ["review", sittingId];

export function useReview(sittingId: number) {
  return useQuery({
    queryKey: key(sittingId),
    queryFn: () =>
      answered(api.GET("/api/v1/exam-sessions/{session_id}/review", { params: { path: { session_id: sittingId } } })),
    staleTime: 30_000,
  });
}

/** Puts the server's view of one violation, and the trust that follows, into the page. */
function place(queryClient: QueryClient, sittingId: number, { violation, trust, band }: VerdictRead): void {
  queryClient.setQueryData<Review>(key(sittingId), (known) =>
    known
      ? {
          ...known,
          session: { ...known.session, trust, band },
          violations: known.violations.map((one) => (one.id === violation.id ? { ...one, ...violation } : one)),
        }
      : known,
  );
}

/**
 * Everything around a verdict that may have changed with it: costs of the others, history, the queue. While further
 * verdicts are under way the server knows less than the page shows; the last of them asks. `itself`: 1 for a verdict.
 */
function refreshLater(queryClient: QueryClient, sittingId: number, itself: 0 | 1 = 0): void {
  if (queryClient.isMutating({ mutationKey: verdictsOf(sittingId) }) > itself) return;
  void queryClient.invalidateQueries({ queryKey: key(sittingId) });
  void queryClient.invalidateQueries({ queryKey: ["review-queue"] });
}

const verdictsOf = (sittingId: number) => ["verdicts", sittingId];

/** One after the other, in the order of the presses: an undo must not arrive before what it undoes. */
function oneByOne(queryClient: QueryClient, sittingId: number) {
  return {
    mutationKey: verdictsOf(sittingId),
    scope: { id: `verdicts-${sittingId}` },
    onSettled: () => refreshLater(queryClient, sittingId, 1),
  };
}

export type Given = { violationId: number; verdict: Verdict; kind?: ViolationKind | null; reason?: string };

export function useGiveVerdict(sittingId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    ...oneByOne(queryClient, sittingId),
    mutationFn: ({ violationId, verdict, kind, reason }: Given) =>
      answered(
        api.POST("/api/v1/violations/{violation_id}/verdict", {
          params: { path: { violation_id: violationId } },
          body: { verdict, kind: kind ?? null, reason: reason ?? "" },
        }),
      ),
    // Shown at once; the answer, or the refusal, puts it right.
    onMutate: async ({ violationId, verdict }) => {
      await queryClient.cancelQueries({ queryKey: key(sittingId) }); // what is on its way does not know of this one
      queryClient.setQueryData<Review>(key(sittingId), (known) =>
        known ? { ...known, violations: known.violations.map((one) => (one.id === violationId ? { ...one, verdict } : one)) } : known,
      );
    },
    onSuccess: (read) => place(queryClient, sittingId, read),
  });
}

export function useUndoVerdict(sittingId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    ...oneByOne(queryClient, sittingId),
    mutationFn: (violationId: number) =>
      answered(
        api.POST("/api/v1/violations/{violation_id}/verdict/undo", { params: { path: { violation_id: violationId } } }),
      ),
    onSuccess: (read) => place(queryClient, sittingId, read),
  });
}

type Several = { examId: number; violationIds: number[] };

export function useDismissSeveral(sittingId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    ...oneByOne(queryClient, sittingId),
    mutationFn: ({ examId, violationIds, reason }: Several & { reason: string }) =>
      answered(
        api.POST("/api/v1/exams/{exam_id}/verdicts", {
          params: { path: { exam_id: examId } },
          body: { violation_ids: violationIds, verdict: "dismissed", reason },
        }),
      ),
  });
}

export function useUndoSeveral(sittingId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    ...oneByOne(queryClient, sittingId),
    mutationFn: ({ examId, violationIds }: Several) =>
      answered(
        api.POST("/api/v1/exams/{exam_id}/verdicts/undo", {
          params: { path: { exam_id: examId } },
          body: { violation_ids: violationIds },
        }),
      ),
  });
}

export function useAddNote(sittingId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (text: string) =>
      answered(
        api.POST("/api/v1/exam-sessions/{session_id}/notes", { params: { path: { session_id: sittingId } }, body: { text } }),
      ),
    onSettled: () => refreshLater(queryClient, sittingId),
  });
}

export function useDecide(sittingId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { decision: Decision; text: string; note: string }) =>
      answered(
        api.POST("/api/v1/exam-sessions/{session_id}/decision", { params: { path: { session_id: sittingId } }, body }),
      ),
    onSettled: () => refreshLater(queryClient, sittingId),
  });
}

/** In the order of their beginning; the order in which J and K go through them. */
export function inOrder(violations: readonly ReviewedViolation[]): ReviewedViolation[] {
  return violations.toSorted((a, b) => Date.parse(a.started_at) - Date.parse(b.started_at) || a.id - b.id);
}

/** The next one that nobody has judged, after `from` and then from the beginning; null when all are judged. */
export function nextUnjudged(ordered: readonly ReviewedViolation[], from: number | null): number | null {
  const at = ordered.findIndex((one) => one.id === from);
  const around = [...ordered.slice(at + 1), ...ordered.slice(0, Math.max(0, at))];
  return around.find((one) => !one.verdict)?.id ?? null;
}
