// What surrounds the timeline: what could not be seen, notes, decisions with the student's answers, who did what.
import { Alert, Badge, Button, Group, Text, Textarea } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Review } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { stateName } from "@/ui/names";
import { failureNotice } from "@/ui/notice";
import { useAddNote } from "./reviewQueries";
import classes from "./SittingReview.module.css";

/** Stretches without sight are said first: nobody should read their absence as calm. */
export function Unobserved({ review }: { review: Review }) {
  const { t } = useTranslation();
  const format = useFormats();
  const seconds = review.unobserved.reduce((sum, one) => sum + (Date.parse(one.to) - Date.parse(one.from)) / 1000, 0);
  if (seconds < 5) return null;
  const states = [...new Set(review.unobserved.flatMap((one) => one.states))].map((state) => stateName(t, state));
  return (
    <Alert color="gray" icon={<IconEyeOff aria-hidden />} p="xs">
      {t("review:unobserved", { time: format.stopwatch(seconds), why: states.join(" · ") })}
    </Alert>
  );
}

export function Notes({ review }: { review: Review }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [text, setText] = useState("");
  const add = useAddNote(review.session.id);
  const save = () =>
    add.mutate(text.trim(), {
      onSuccess: () => setText(""),
      onError: failureNotice,
    });
  return (
    <section className={classes.box} aria-labelledby="notes-title">
      <h2 id="notes-title" className={classes.title}>
        {t("review:notes.title")}
      </h2>
      <ul className={classes.plain}>
        {review.notes.map((note) => (
          <li key={note.id}>
            <div className={classes.by}>
              {note.author.full_name ?? t("common.unknown")} · {format.dateTime(Date.parse(note.at))}
            </div>
            <div className={classes.said}>{note.text}</div>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) save();
        }}
      >
        <Textarea
          id="review-note"
          mt="sm"
          label={t("review:notes.label")}
          description={t("review:notes.hint")}
          autosize
          minRows={2}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && text.trim()) save();
          }}
        />
        <Group justify="flex-end" mt="xs">
          <Button type="submit" variant="default" size="sm" disabled={!text.trim()} loading={add.isPending}>
            {t("common.add")}
          </Button>
        </Group>
      </form>
    </section>
  );
}

export function Decisions({ review }: { review: Review }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <section className={classes.box} aria-labelledby="decisions-title">
      <h2 id="decisions-title" className={classes.title}>
        {t("review:decisions")}
      </h2>
      {review.decisions.length === 0 ? <Text c="dimmed">{t("review:noDecision")}</Text> : null}
      <ul className={classes.plain}>
        {review.decisions.map((one) => (
          <li key={one.id}>
            <Badge variant="light" color={one.decision === "clean" ? "teal" : "yellow"} size="lg">
              {t(`review:decision.${one.decision}`)}
            </Badge>
            <div className={classes.by}>
              {one.reviewer.full_name ?? t("common.unknown")} · {format.dateTime(Date.parse(one.at))}
            </div>
            {one.text ? <div className={classes.said}>{t("review:told", { text: one.text })}</div> : null}
            {one.note ? <div className={classes.said}>{t("review:noted", { text: one.note })}</div> : null}
            {review.comments
              .filter((comment) => comment.decision_id === one.id)
              .map((comment) => (
                <div key={comment.id} className={classes.said}>
                  <strong>{t("review:studentSays")}:</strong> {comment.text}
                </div>
              ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Deeds({ review }: { review: Review }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (review.history.length === 0) return null;
  return (
    <section className={classes.box} aria-labelledby="deeds-title">
      <h2 id="deeds-title" className={classes.title}>
        {t("review:history")}
      </h2>
      {/* It scrolls, so it must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes.scroll} tabIndex={0} role="region" aria-labelledby="deeds-title">
        <ul className={classes.plain}>
          {review.history.map((deed, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index}>
              <div className={classes.by}>
                {format.dateTime(Date.parse(deed.at))} · {deed.actor?.full_name ?? t("review:system")}
              </div>
              <div>{t(`staff:deed.${deed.action}`, { defaultValue: deed.action })}</div>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
