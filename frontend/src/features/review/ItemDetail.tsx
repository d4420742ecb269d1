// One thing that was noted: pictures, why, what it costs, and the buttons of whoever decides.
import { Button, Group, Kbd, Select, Text, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/client";
import type { ReviewedViolation, Verdict, ViolationKind } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { EvidenceStrip } from "@/ui/EvidenceStrip";
import { kindName } from "@/ui/names";
import { SeverityIcon } from "@/ui/SeverityIcon";
import { violationReasons } from "@/ui/violationReasons";
import classes from "./ItemDetail.module.css";

const VERDICTS: { verdict: Verdict; key: string }[] = [
  { verdict: "confirmed", key: "C" },
  { verdict: "dismissed", key: "D" },
  { verdict: "unsure", key: "U" },
];

export function ItemDetail(props: {
  violation: ReviewedViolation;
  startedAt: number;
  onJudge: (verdict: Verdict) => void;
  onReclassify: (kind: ViolationKind, reason: string) => void;
  onUndo: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const { violation } = props;
  const kind = violation.reviewed_kind ?? violation.kind;
  const name = kindName(t, kind);
  const why = violationReasons(t, format, violation);
  const from = format.stopwatch((Date.parse(violation.started_at) - props.startedAt) / 1000);
  return (
    <article className={classes.box} aria-labelledby="item-title" data-counts={violation.counts}>
      <header className={classes.head}>
        <h2 id="item-title" className={classes.title}>
          <SeverityIcon severity={violation.severity} size={20} />
          {name}
        </h2>
        <span className={classes.when}>
          {from}
          {violation.ended_at ? ` – ${format.stopwatch((Date.parse(violation.ended_at) - props.startedAt) / 1000)}` : null} (
          {t("live.duration", { time: format.stopwatch(violation.seconds) })})
        </span>
      </header>
      {violation.reviewed_kind ? (
        <Text size="sm" c="dimmed">
          {t("review:detectorSaid", { kind: kindName(t, violation.kind) })}
        </Text>
      ) : null}
      <Text size="sm">{t(`violations:${violation.kind}.description`, { defaultValue: "" })}</Text>
      {why ? <Text size="sm">{why}</Text> : null}
      {violation.measured.earlier_session === undefined ? null : (
        <Link to="/review/$sittingId" params={{ sittingId: violation.measured.earlier_session }}>
          {t("review:earlierSitting")}
        </Link>
      )}
      <p className={classes.facts}>
        <span>{t("live.confidence", { share: format.percent(violation.confidence) })}</span>
        {violation.count > 1 ? <span>{t("live.times", { count: violation.count, n: format.number(violation.count) })}</span> : null}
        {typeof violation.without_this === "number" ? (
          <span>
            {t("live.withoutThis")} <strong>{format.number(Math.round(violation.without_this), 0)}</strong>
          </span>
        ) : null}
        {violation.counts ? null : <strong>{t("review:notCounted")}</strong>}
      </p>
      <EvidenceStrip evidence={violation.evidence ?? []} name={name} load={fetchPicture} size="large" />
      <Group gap="xs" mt="sm" role="group" aria-label={t("review:verdictLabel")}>
        {VERDICTS.map(({ verdict, key }) => (
          <Button
            key={verdict}
            variant={violation.verdict === verdict ? "filled" : "default"}
            aria-pressed={violation.verdict === verdict}
            rightSection={<Kbd size="xs">{key}</Kbd>}
            onClick={() => props.onJudge(verdict)}
          >
            {t(`review:give.${verdict}`)}
          </Button>
        ))}
        {violation.verdict ? (
          <Button variant="subtle" onClick={props.onUndo}>
            {t("review:takeBack")}
          </Button>
        ) : null}
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        {t("live.noProof")}
      </Text>
      <Reclassify violation={violation} onReclassify={props.onReclassify} />
      <Said violation={violation} />
    </article>
  );
}

const KINDS: readonly ViolationKind[] = [
  "face_not_detected",
  "multiple_faces",
  "looking_away",
  "audio_detected",
  "tab_switch",
  "phone_detected",
  "book_detected",
  "laptop_detected",
  "unauthorized_object",
  "identity_mismatch",
  "camera_blocked",
  "other",
];

/** The detector saw something, but something else. */
function Reclassify(props: { violation: ReviewedViolation; onReclassify: (kind: ViolationKind, reason: string) => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<ViolationKind | null>(null);
  const [reason, setReason] = useState("");
  const known = props.violation.reviewed_kind ?? props.violation.kind;
  return (
    <details className={classes.more}>
      <summary>{t("review:reclassify.title")}</summary>
      <Group gap="xs" align="flex-end" mt="xs">
        <Select
          label={t("review:reclassify.kind")}
          data={KINDS.filter((one) => one !== known).map((value) => ({ value, label: kindName(t, value) }))}
          value={kind}
          onChange={(value) => setKind(value as ViolationKind | null)}
          w={230}
        />
        <TextInput
          label={t("review:reason")}
          value={reason}
          maxLength={500}
          flex="1 1 200px"
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button variant="default" disabled={!kind} onClick={() => kind && props.onReclassify(kind, reason.trim())}>
          {t("review:reclassify.confirm")}
        </Button>
      </Group>
    </details>
  );
}

/** What people said of it: verdicts, those taken back too, and the student's own words. */
function Said({ violation }: { violation: ReviewedViolation }) {
  const { t } = useTranslation();
  const format = useFormats();
  const history = violation.history ?? [];
  const comments = violation.comments ?? [];
  if (history.length === 0 && comments.length === 0) return null;
  return (
    <ul className={classes.said}>
      {comments.map((comment) => (
        <li key={`c${comment.id}`} className={classes.comment}>
          <span className={classes.by}>
            {t("review:studentSays")} · {format.dateTime(Date.parse(comment.at))}
          </span>
          <span>{comment.text}</span>
        </li>
      ))}
      {history.map((row) => (
        <li key={`h${row.id}`}>
          <span className={classes.by}>
            {row.reviewer.full_name ?? t("common.unknown")} · {format.dateTime(Date.parse(row.at))}
          </span>
          <span>
            {row.verdict ? t(`review:verdict.${row.verdict}`) : t("review:tookBack")}
            {row.kind ? ` (${kindName(t, row.kind)})` : ""}
            {row.reason ? `: ${row.reason}` : ""}
            {" · "}
            {t("review:trustChange", {
              before: format.number(Math.round(row.trust_before), 0),
              after: format.number(Math.round(row.trust_after), 0),
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}
