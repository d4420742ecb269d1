// Everything that was noted, in order, with its verdict; what is of one kind can be dismissed together, never confirmed.
import { Button, Group, Modal, Text, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Review, ReviewedViolation } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { kindName } from "@/ui/names";
import { SeverityIcon } from "@/ui/SeverityIcon";
import classes from "./ItemList.module.css";
import type { Verdicts } from "./useVerdicts";

type ListProps = {
  review: Review;
  ordered: readonly ReviewedViolation[];
  chosenId: number | null;
  onPick: (violationId: number) => void;
  verdicts: Verdicts;
};

export function ItemList({ review, ordered, chosenId, onPick, verdicts }: ListProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const [bulkKind, setBulkKind] = useState<string | null>(null);
  const chosen = ordered.find((one) => one.id === chosenId);
  const alike = ordered.filter((one) => one.kind === chosen?.kind && !one.verdict);
  const bulk = ordered.filter((one) => one.kind === bulkKind && !one.verdict);
  return (
    <section className={classes.box} aria-labelledby="items-title">
      <h2 id="items-title" className={classes.title}>
        {t("live.violations")} ({format.number(ordered.length)})
      </h2>
      <ol className={classes.list}>
        {ordered.map((one) => (
          <Item key={one.id} violation={one} startedAt={review.session.start_time} chosen={one.id === chosenId} onPick={onPick} />
        ))}
      </ol>
      {chosen && alike.length > 1 ? (
        <Button variant="default" size="sm" fullWidth mt="sm" h="auto" py={6} onClick={() => setBulkKind(chosen.kind)}>
          <span className={classes.bulk}>
            {t("review:bulk.button", { count: alike.length, n: format.number(alike.length), kind: kindName(t, chosen.kind) })}
          </span>
        </Button>
      ) : null}
      {bulkKind ? (
        <BulkDialog
          kind={bulkKind}
          count={bulk.length}
          onClose={() => setBulkKind(null)}
          onDismiss={(reason) => {
            setBulkKind(null);
            verdicts.dismissAll(bulk, reason);
          }}
        />
      ) : null}
    </section>
  );
}

function Item(props: { violation: ReviewedViolation; startedAt: string; chosen: boolean; onPick: (id: number) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { violation, chosen } = props;
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) item.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const kind = violation.reviewed_kind ?? violation.kind;
  return (
    <li ref={item} id={`item-${violation.id}`}>
      <button
        type="button"
        className={classes.item}
        aria-current={chosen || undefined}
        data-counts={violation.counts}
        onClick={() => props.onPick(violation.id)}
      >
        <SeverityIcon severity={violation.severity} size={18} />
        <span className={classes.what}>
          <span className={classes.kind}>{kindName(t, kind)}</span>
          <span className={classes.small}>
            {format.stopwatch((Date.parse(violation.started_at) - Date.parse(props.startedAt)) / 1000)}
            {violation.seconds >= 1 ? ` · ${t("live.duration", { time: format.stopwatch(violation.seconds) })}` : ""}
          </span>
        </span>
        <span className={classes.verdict} data-verdict={violation.verdict ?? "open"}>
          {t(`review:verdict.${violation.verdict ?? "open"}`)}
        </span>
      </button>
    </li>
  );
}

function BulkDialog(props: { kind: string; count: number; onDismiss: (reason: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [reason, setReason] = useState("");
  return (
    <Modal
      opened
      onClose={props.onClose}
      centered
      title={t("review:bulk.title", { count: props.count, n: format.number(props.count), kind: kindName(t, props.kind) })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim()) props.onDismiss(reason.trim());
        }}
      >
        <Text size="sm" mb="sm">
          {t("review:bulk.text")}
        </Text>
        <Textarea
          label={t("review:reason")}
          required
          data-autofocus
          maxLength={500}
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!reason.trim()}>
            {t("review:bulk.confirm")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
