// What the student agreed to, objected to, handed in, and what was written; and how long there was no line.
import { Alert, Text } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/client";
import type { Review } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { DocumentPictures } from "@/ui/DocumentPictures";
import classes from "./SittingReview.module.css";

export function Handed({ review }: { review: Review }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { consent, documents, messages, outages } = review;
  if (!consent && documents.length + messages.length + outages.length === 0) return null;
  const lost = outages.reduce((sum, one) => sum + one.seconds, 0);
  const given = outages.reduce((sum, one) => sum + one.credited_seconds, 0);
  return (
    <section className={classes.box} aria-labelledby="handed-title">
      <h2 id="handed-title" className={classes.title}>
        {t("review:handed.title")}
      </h2>
      {consent ? (
        <Text size="sm">
          {t("review:handed.consent", { time: format.dateTime(Date.parse(consent.created_at)) })}{" "}
          {(["camera", "sound", "screen", "identity"] as const)
            .map((name) => `${t(`review:handed.${name}`)}: ${t(consent[name] ? "common.yes" : "common.no")}`)
            .join(" · ")}
        </Text>
      ) : null}
      {consent?.objection ? (
        <Alert color="yellow" mt="xs" p="xs" icon={<IconHandStop aria-hidden />} title={t("review:handed.objection")}>
          <span className={classes.said}>{consent.objection}</span>
        </Alert>
      ) : null}
      <DocumentPictures documents={documents} name={review.session.student.full_name} load={fetchPicture} />
      {outages.length > 0 ? (
        <Text size="sm" mt="xs">
          {t("review:handed.outages", {
            count: outages.length,
            n: format.number(outages.length),
            lost: format.stopwatch(lost),
            given: format.stopwatch(given),
          })}
        </Text>
      ) : null}
      <ul className={classes.plain} style={{ marginTop: 8 }}>
        {messages.map((message) => (
          <li key={message.id}>
            <div className={classes.by}>
              {message.from === "student" ? review.session.student.full_name : t(message.warning ? "staff:live.warningSent" : "staff:live.staff")}
              {" · "}
              {format.clock(Date.parse(message.at))}
            </div>
            <div className={classes.said}>{message.text}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}
