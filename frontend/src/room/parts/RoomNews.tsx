// What has happened and is worth a word: more time, an end taken back, a lost line, a message, a hand that is seen, a task done.
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import type { Controller } from "../engine/controller";
import { type RoomState, unread } from "../engine/roomState";
import { isOutage } from "../outages";
import { Notice } from "./basics";

/** Good news is read in this time, and stands in nobody's way after it. */
const SHOWN_MS = 30_000;

type Props = { room: RoomState; controller: Controller; onChat: () => void };

export function RoomNews({ room, controller, onChat }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const { extended, challengeDone, endingTakenBack } = room;
  usePassing(controller, "extended", extended);
  usePassing(controller, "endingTakenBack", endingTakenBack);
  usePassing(controller, "challengeDone", challengeDone);
  return (
    <>
      {endingTakenBack ? <Notice tone="good" title={t("room.endingTakenBack")} live="polite" /> : null}
      {extended ? (
        <Notice tone="good" title={t("room.extended", { time: format.stopwatch(extended.by / 1000) })} live="polite" />
      ) : null}
      {challengeDone ? <Done passed={challengeDone.passed} /> : null}
      {room.outside ? (
        <Notice tone="watch" title={t(`room.outside.${room.outside}`)} live="polite">
          <button type="button" className="button quiet" onClick={() => controller.putAway("outside")}>
            {t("room.understood")}
          </button>
        </Notice>
      ) : null}
      <Gap room={room} />
      <News room={room} controller={controller} onChat={onChat} />
      {room.hand ? <Hand room={room} /> : null}
      {room.flagged ? <Flagged reason={room.flagged} /> : null}
    </>
  );
}

function usePassing(controller: Controller, what: "extended" | "endingTakenBack" | "challengeDone", news: object | null): void {
  useEffect(() => {
    if (!news) return;
    const timer = setTimeout(() => controller.putAway(what), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [controller, what, news]);
}

function Done({ passed }: { passed: boolean | null }) {
  const { t } = useTranslation();
  if (passed === true) return <Notice tone="good" title={t("room.challengePassed")} live="polite" />;
  return <Notice tone="info" title={t(passed === null ? "room.challengeNotJudged" : "room.challengeMissed")} live="polite" />;
}

/** The last time without a line. A page that is reloaded is gone for a moment: nobody need read about it. */
function Gap({ room }: { room: RoomState }) {
  const { t } = useTranslation();
  const format = useFormats();
  const gap = room.outages.findLast((one) => isOutage((Date.parse(one.ended_at) - Date.parse(one.started_at)) / 1000));
  if (!gap) return null;
  const times = { from: format.clock(Date.parse(gap.started_at)), to: format.clock(Date.parse(gap.ended_at)) };
  return (
    <Notice tone="info" live="polite">
      <p>
        {t("room.outage", times)}{" "}
        {gap.credited_seconds > 0 ? t("room.credited", { time: format.stopwatch(gap.credited_seconds) }) : t("room.notCredited")}
      </p>
    </Notice>
  );
}

/** The newest message, in words: a number on a button is easily missed in an exam. */
function News({ room, controller, onChat }: Props) {
  const { t } = useTranslation();
  const newest = unread(room).at(-1);
  if (!newest) return null;
  return (
    <Notice tone="info" title={t("room.fromStaff")} live="polite">
      <p className="words">{newest.text}</p>
      <div className="row">
        <button type="button" className="button quiet" onClick={() => controller.messagesRead(newest.id)}>
          {t("room.understood")}
        </button>
        <button type="button" className="button quiet" onClick={onChat}>
          {t("room.answer")}
        </button>
      </div>
    </Notice>
  );
}

/** Whether the call for help has arrived: nobody waits for something that was never heard. */
function Hand({ room }: { room: RoomState }) {
  const { t } = useTranslation();
  const arrived = room.link.phase === "live" && room.waiting === 0;
  return <Notice tone={arrived ? "good" : "info"} title={t(arrived ? "room.handSeen" : "room.handSending")} live="polite" />;
}

function Flagged({ reason }: { reason: string }) {
  const { t, i18n } = useTranslation();
  return (
    <Notice tone="watch" title={t("room.flagged")} live="polite">
      {/* A key of the catalogue, or a person's own words. */}
      <p className="words">{i18n.exists(`messages:${reason}`) ? t(`messages:${reason}`) : reason}</p>
    </Notice>
  );
}
