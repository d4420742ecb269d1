// What stands over the questions while it lasts: no line, the end, trouble with camera or disk, news. None stops typing.
import { useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import type { Controller } from "../engine/controller";
import type { RoomState } from "../engine/roomState";
import type { Finish } from "../screens/useFinish";
import { Notice, Trouble } from "./basics";
import { RoomNews } from "./RoomNews";

type Props = { room: RoomState; controller: Controller; timeIsUp: boolean; finish: Finish; onChat: () => void };

export function RoomBanners({ room, controller, timeIsUp, finish, onChat }: Props) {
  const { t } = useTranslation();
  return (
    <div className="banners">
      <Offline room={room} controller={controller} over={timeIsUp || finish.state !== "open"} />
      {room.storage ? <Notice tone="bad" title={t(`room.storage.${room.storage}`)} live="assertive" /> : null}
      {finish.state === "waiting_for_line" ? <Notice tone="watch" title={t("room.willSubmit")} live="polite" /> : null}
      {finish.state === "sending" ? <Notice tone="info" title={t("room.sending")} live="polite" /> : null}
      {finish.state === "failed" ? <Trouble error={finish.error} onRetry={finish.submit} /> : null}
      {timeIsUp && finish.state === "open" ? <Notice tone="watch" title={t("room.timeIsUp")} live="assertive" /> : null}
      {room.ending ? <Ending room={room} controller={controller} /> : null}
      <RoomNews room={room} controller={controller} onChat={onChat} />
      <Camera controller={controller} />
    </div>
  );
}

/** `over`: nobody writes any more; what happens to the answers stands in a notice of its own. */
function Offline({ room, controller, over }: Pick<Props, "room" | "controller"> & { over: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  useNow(1000);
  if (!room.offlineSince || (room.link.phase === "over" && room.link.why !== "refused")) return null;
  const since = (controller.now() - room.offlineSince) / 1000;
  // The first moments are silent: every page begins without a line.
  if (since < 2) return null;
  return (
    <Notice tone="watch" title={t("room.offline", { time: format.stopwatch(since) })}>
      {/* Read out once: the seconds above are for the eye. */}
      {over ? null : <p role="status">{t("room.offlineText")}</p>}
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
    <Notice tone="bad" title={t("room.ending", { time: left })}>
      <div role="alert">
        <p className="words">{room.ending.reason}</p>
        <p>{t("room.endingText")}</p>
      </div>
    </Notice>
  );
}

function Camera({ controller }: { controller: Controller }) {
  const { t } = useTranslation();
  const { media } = controller;
  const state = useSyncExternalStore(media.subscribe, media.state);
  useEffect(() => {
    // A camera that comes back by itself, as after waking up, is opened again without a press.
    if (state.cameraTrouble !== "ended" && state.cameraTrouble !== "busy") return;
    const again = () => void media.openCamera(media.wantsSound);
    const timer = setInterval(again, 5_000);
    return () => clearInterval(timer);
  }, [media, state.cameraTrouble]);
  if (!state.cameraTrouble && state.screenTrouble !== "ended") return null;
  return (
    <Notice tone="watch" title={state.cameraTrouble ? t(`check.camera.${state.cameraTrouble}`) : t("check.screen.ended")} live="polite">
      <p>{t("room.goOnTyping")}</p>
      <button type="button" className="button quiet" onClick={() => void (state.cameraTrouble ? media.openCamera(media.wantsSound) : media.openScreen())}>
        {t("common.retry")}
      </button>
    </Notice>
  );
}
