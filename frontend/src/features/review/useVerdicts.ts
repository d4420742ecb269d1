// Giving verdicts with a way back: at once, without asking, undone by one press.
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Review, ReviewedViolation, Verdict, ViolationKind } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { kindName } from "@/ui/names";
import { failureNotice, notice } from "@/ui/notice";
import { hideUndo, undoNotice } from "@/ui/undoNotice";
import { useDismissSeveral, useGiveVerdict, useUndoSeveral, useUndoVerdict } from "./reviewQueries";

type Wanted = { verdict: Verdict; kind?: ViolationKind; reason?: string };
type Deed = { violationIds: number[]; several: boolean };

export type Verdicts = {
  give: (violation: ReviewedViolation, wanted: Wanted) => void;
  dismissAll: (violations: readonly ReviewedViolation[], reason: string) => void;
  undo: (violationId: number) => void;
  undoLast: () => void;
};

export function useVerdicts(review: Review, onPick: (violationId: number) => void): Verdicts {
  const { t } = useTranslation();
  const format = useFormats();
  const sittingId = review.session.id;
  const giving = useGiveVerdict(sittingId);
  const undoing = useUndoVerdict(sittingId);
  const dismissing = useDismissSeveral(sittingId);
  const undoingSeveral = useUndoSeveral(sittingId);
  const done = useRef<Deed[]>([]);

  const takeBack = (deed: Deed) => {
    hideUndo();
    done.current = done.current.filter((one) => one !== deed);
    const [first] = deed.violationIds;
    if (deed.several) {
      undoingSeveral.mutate({ examId: review.session.exam_id, violationIds: deed.violationIds }, { onError: failureNotice });
    } else if (first !== undefined) {
      undoing.mutate(first, { onError: failureNotice });
    }
    if (first !== undefined) onPick(first);
  };
  // Known from the press on, not from the answer: undo pressed in between means this one. The requests keep their order.
  const begin = (deed: Deed): Deed => {
    done.current.push(deed);
    return deed;
  };
  const forget = (deed: Deed) => {
    done.current = done.current.filter((one) => one !== deed);
  };
  const offer = (deed: Deed, message: string) => {
    if (done.current.includes(deed)) undoNotice(message, () => takeBack(deed));
  };
  return {
    give: (violation, { verdict, kind, reason = "" }) => {
      const deed = begin({ violationIds: [violation.id], several: false });
      giving.mutate(
        { violationId: violation.id, verdict, kind: kind ?? null, reason },
        {
          onError: (error) => {
            forget(deed);
            failureNotice(error);
          },
          onSuccess: (read) =>
            offer(
              deed,
              t(`review:given.${verdict}`, {
                kind: kindName(t, kind ?? violation.kind),
                trust: format.number(Math.round(read.trust), 0),
              }),
            ),
        },
      );
    },
    dismissAll: (violations, reason) => {
      const violationIds = violations.map((one) => one.id);
      const deed = begin({ violationIds, several: true });
      dismissing.mutate(
        { examId: review.session.exam_id, violationIds, reason },
        {
          onError: (error) => {
            forget(deed);
            failureNotice(error);
          },
          onSuccess: () =>
            offer(
              deed,
              t("review:bulk.done", { count: violationIds.length, n: format.number(violationIds.length) }),
            ),
        },
      );
    },
    undo: (violationId) => undoing.mutate(violationId, { onError: failureNotice }),
    undoLast: () => {
      const last = done.current.at(-1);
      if (last) takeBack(last);
      else notice(t("errors:nothing_to_undo"));
    },
  };
}
