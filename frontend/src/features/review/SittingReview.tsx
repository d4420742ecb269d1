// One sitting: who, what was noted on one timeline, and the place where a person decides.
import { ActionIcon, Button, Group, Text, Title } from "@mantine/core";
import { IconArrowRight, IconDownload, IconFileZip, IconGavel, IconKeyboard } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { download } from "@/api/call";
import type { Review, Verdict } from "@/api/types";
import { showKeySheet } from "@/lib/pageKeys";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { DownloadButton } from "@/ui/DownloadButton";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { notice } from "@/ui/notice";
import { TrustBadge } from "@/ui/TrustBadge";
import { BundleDialog } from "./BundleDialog";
import { DecisionDialog } from "./DecisionDialog";
import { Decisions, Deeds, Notes, Unobserved } from "./Around";
import { Handed } from "./Handed";
import { ItemDetail } from "./ItemDetail";
import { ItemList } from "./ItemList";
import { type KeyAction, useReviewKeys } from "./keys";
import { scaleOf, stillsOf } from "./lanes";
import { inOrder, nextUnjudged, useNextSitting, useReview } from "./reviewQueries";
import { ReviewTimeline } from "./ReviewTimeline";
import classes from "./SittingReview.module.css";
import { StillView } from "./StillView";
import { usePlayer } from "./usePlayer";
import { useVerdicts } from "./useVerdicts";

type Props = {
  sittingId: number;
  picked: number | null;
  onPick: (violationId: number | null) => void;
  onSitting: (sittingId: number) => void;
};

export function SittingReview(props: Props) {
  const review = useReview(props.sittingId);
  if (review.isPending) return <Loading />;
  if (review.isError) return <Failure error={review.error} onRetry={() => void review.refetch()} />;
  return <Loaded {...props} review={review.data} />;
}

const VERDICT_OF: Partial<Record<KeyAction, Verdict>> = { confirm: "confirmed", dismiss: "dismissed", unsure: "unsure" };
const STEP_MS = 5000;

function Loaded({ sittingId, picked, onPick, onSitting, review }: Props & { review: Review }) {
  const { t } = useTranslation();
  const [openedAt] = useState(() => Date.now());
  const [shown, setShown] = useState<"decision" | "bundle" | null>(null);
  const ordered = useMemo(() => inOrder(review.violations), [review.violations]);
  const scale = useMemo(() => scaleOf(review, openedAt), [review, openedAt]);
  const stills = useMemo(() => stillsOf(review), [review]);
  const chosen = ordered.find((one) => one.id === picked) ?? ordered.find((one) => !one.verdict) ?? ordered[0];
  const player = usePlayer(scale, chosen ? Date.parse(chosen.started_at) : scale.from);
  const { seek } = player;
  const pick = useCallback(
    (id: number | null) => {
      onPick(id);
      const target = ordered.find((one) => one.id === id);
      if (target) seek(Date.parse(target.started_at));
    },
    [onPick, ordered, seek],
  );
  const verdicts = useVerdicts(review, pick);
  const judge = (verdict: Verdict) => {
    if (!chosen) return;
    verdicts.give(chosen, { verdict });
    const open = nextUnjudged(ordered, chosen.id);
    if (open !== null && open !== chosen.id) pick(open);
  };
  const move = (step: number) => {
    const at = ordered.findIndex((one) => one.id === chosen?.id);
    const target = ordered[Math.min(ordered.length - 1, Math.max(0, at + step))];
    if (target) pick(target.id);
  };
  const next = useNextSitting(review.session.exam_id, sittingId).data ?? null;
  const goOn = () => (next === null ? notice(t("review:noMoreSittings")) : onSitting(next));
  useReviewKeys((action) => {
    const verdict = VERDICT_OF[action];
    if (verdict) judge(verdict);
    else if (action === "next") move(1);
    else if (action === "previous") move(-1);
    else if (action === "play") player.toggle();
    else if (action === "back") player.seek(player.at - STEP_MS);
    else if (action === "forward") player.seek(player.at + STEP_MS);
    else if (action === "slower" || action === "faster") player.changeSpeed(action === "faster" ? 1 : -1);
    else if (action === "undo") verdicts.undoLast();
    else if (action === "decide") setShown("decision");
    else if (action === "sitting") goOn();
    else if (action === "note") document.getElementById("review-note")?.focus();
  });
  const judged = ordered.filter((one) => one.verdict).length;
  return (
    <div className={classes.page}>
      <Head review={review} judged={judged} onNext={next === null ? null : goOn} onShow={setShown} />
      <Unobserved review={review} />
      <ReviewTimeline review={review} scale={scale} player={player} chosenId={chosen?.id ?? null} onPick={pick} />
      <div className={classes.columns}>
        <ItemList review={review} ordered={ordered} chosenId={chosen?.id ?? null} onPick={pick} verdicts={verdicts} />
        <div className={classes.main}>
          <StillView stills={stills} player={player} name={review.session.student.full_name} startedAt={scale.from} />
          {chosen ? (
            <ItemDetail
              key={chosen.id}
              violation={chosen}
              startedAt={scale.from}
              onJudge={judge}
              onReclassify={(kind, reason) => verdicts.give(chosen, { verdict: "confirmed", kind, reason })}
              onUndo={() => verdicts.undo(chosen.id)}
            />
          ) : (
            <Text c="dimmed">{t("live.noViolations")}</Text>
          )}
        </div>
      </div>
      <div className={classes.around}>
        <Handed review={review} />
        <Notes review={review} />
        <Decisions review={review} />
        <Deeds review={review} />
      </div>
      {shown === "bundle" ? <BundleDialog sittingId={sittingId} onClose={() => setShown(null)} /> : null}
      {shown === "decision" ? (
        <DecisionDialog
          review={review}
          onClose={() => setShown(null)}
          onDecided={() => {
            setShown(null);
            notice(t("review:decided"));
          }}
          sittingId={sittingId}
        />
      ) : null}
    </div>
  );
}

function Head(props: {
  review: Review;
  judged: number;
  onNext: (() => void) | null;
  onShow: (dialog: "decision" | "bundle") => void;
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = useLanguage();
  const { session, measured_trust, violations } = props.review;
  const changed = Math.round(measured_trust) !== Math.round(session.trust);
  return (
    <header className={classes.head}>
      <div className={classes.who}>
        <Title order={1} size="h2">
          {session.student.full_name}
        </Title>
        <Text c="dimmed" size="sm">
          {session.student.email} ·{" "}
          <Link to="/exams/$examId/review" params={{ examId: session.exam_id }}>
            {session.exam_title}
          </Link>
          {" · "}
          {format.dateTime(Date.parse(session.start_time))} · {t(`live.state.${session.state}`)}
        </Text>
      </div>
      <div className={classes.score} role="status">
        <TrustBadge trust={session.trust} band={session.band} scored={session.scored} large />
        {session.scored ? null : <Text size="sm">{t("review:unscored")}</Text>}
        <Text size="sm" c="dimmed">
          {changed ? t("review:measured", { n: format.number(Math.round(measured_trust), 0) }) : null}{" "}
          {session.coverage === null
            ? t("live.coverageNone")
            : t("live.coverage", { share: format.percent(session.coverage) })}
          {" · "}
          {t("review:judged", { n: format.number(props.judged), all: format.number(violations.length) })}
        </Text>
      </div>
      <Group gap="xs">
        <ActionIcon variant="default" size={36} aria-label={t("staff:keys.title")} title={t("staff:keys.title")} onClick={() => showKeySheet(true)}>
          <IconKeyboard size={20} aria-hidden />
        </ActionIcon>
        <DownloadButton
          icon={<IconDownload size={18} aria-hidden />}
          label={t("review:download.pdf")}
          onDownload={() => download(`/exam-sessions/${session.id}/report`, { language })}
        />
        {session.end_time ? (
          <Button variant="default" leftSection={<IconFileZip size={18} aria-hidden />} onClick={() => props.onShow("bundle")}>
            {t("review:bundle.button")}
          </Button>
        ) : null}
        {props.onNext ? (
          <Button variant="default" rightSection={<IconArrowRight size={18} aria-hidden />} onClick={props.onNext}>
            {t("review:nextSitting")}
          </Button>
        ) : null}
        <Button leftSection={<IconGavel size={18} aria-hidden />} onClick={() => props.onShow("decision")}>
          {t("review:decide")}
        </Button>
      </Group>
    </header>
  );
}
