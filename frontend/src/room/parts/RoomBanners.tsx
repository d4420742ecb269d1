// What stands over the questions while it lasts: no line, paused, the end, trouble with camera or disk. None stops typing.
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import type { Controller } from "../engine/controller";
import type { RoomState } from "../engine/roomState";
import type { Finish } from "../screens/useFinish";
import { Notice, Trouble } from "./basics";

/** A page that is reloaded is gone for a moment: the server notes it, and nobody need read about it. */
const WORTH_A_WORD_MS = 5_000;

type Props = { room: RoomState; controller: Controller; timeIsUp: boolean; finish: Finish };

export function RoomBanners({ room, controller, timeIsUp, finish }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const outage = room.outages.findLast((one) => Date.parse(one.ended_at) - Date.parse(one.started_at) >= WORTH_A_WORD_MS);
  return (
    <div className="banners">
      <Offline room={room} controller={controller} />
      {room.storage ? <Notice tone="bad" title={t(`room.storage.${room.storage}`)} live="assertive" /> : null}
      {finish.state === "waiting_for_line" ? <Notice tone="watch" title={t("room.willSubmit")} live="polite" /> : null}
      {finish.state === "sending" ? <Notice tone="info" title={t("room.sending")} live="polite" /> : null}
      {finish.state === "failed" ? <Trouble error={finish.error} onRetry={finish.submit} /> : null}
      {timeIsUp && finish.state === "open" ? <Notice tone="watch" title={t("room.timeIsUp")} live="assertive" /> : null}
      {room.ending ? <Ending room={room} controller={controller} /> : null}
      {room.extendedAt ? <Notice tone="good" title={t("room.extended")} live="polite" /> : null}
      {outage ? (
        <Notice tone="info" live="polite">
          <p>
            {t("room.outage", {
              from: format.clock(Date.parse(outage.started_at)),
              to: format.clock(Date.parse(outage.ended_at)),
            })}{" "}
            {outage.credited_seconds > 0 ? t("room.credited", { time: format.stopwatch(outage.credited_seconds) }) : t("room.notCredited")}
          </p>
        </Notice>
      ) : null}
      {room.flagged ? <Notice tone="watch" title={t("room.flagged")} live="polite" /> : null}
      <Camera controller={controller} />
    </div>
  );
}

function Offline({ room, controller }: Pick<Props, "room" | "controller">) {
  const { t } = useTranslation();
  const format = useFormats();
  useNow(1000);
  if (!room.offlineSince || (room.link.phase === "over" && room.link.why !== "refused")) return null;
  const since = (controller.now() - room.offlineSince) / 1000;
  // The first moments are silent: every page begins without a line.
  if (since < 2) return null;
  return (
    <Notice tone="watch" title={t("room.offline", { time: format.stopwatch(since) })}>
      <p>{t("room.offlineText")}</p>
      <button type="button" className="button quiet" onClick={() => controller.retry()}>
        {t("room.retryNow")}
      </button>
    </Notice>
  );
}

function Ending({ room, controller }: Pick<Props, "room" | "controller">) {
  const { t } = useTranslation();
  const format = useFormats();
  useNow(500);
  if (!room.ending) return null;
  const left = format.stopwatch((room.ending.at - controller.now()) / 1000);
  return (
    <Notice tone="bad" title={t("room.ending", { time: left })} live="assertive">
      <p>{room.ending.reason}</p>
    </Notice>
  );
}

function Camera({ controller }: { controller: Controller }) {
  const { t } = useTranslation();
  const { media } = controller;
  const state = useSyncExternalStore(media.subscribe, media.state);
  if (!state.cameraTrouble && state.screenTrouble !== "ended") return null;
  return (
    <Notice tone="watch" title={state.cameraTrouble ? t(`check.camera.${state.cameraTrouble}`) : t("check.screen.ended")} live="polite">
      <p>{t("room.goOnTyping")}</p>
      <button type="button" className="button quiet" onClick={() => void (state.cameraTrouble ? media.openCamera(true) : media.openScreen())}>
        {t("common.retry")}
      </button>
    </Notice>
  );
}
