// Oneself, small and foldable, and one quiet line about how the camera sees one.
import type { TFunction } from "i18next";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { isFlag, useRemembered } from "@/lib/useRemembered";
import type { Controller } from "../engine/controller";
import type { RoomState } from "../engine/roomState";
import { SelfView } from "./SelfView";

export function SelfBox({ controller, room }: { controller: Controller; room: RoomState }) {
  const { t } = useTranslation();
  const { media } = controller;
  const { camera } = useSyncExternalStore(media.subscribe, media.state);
  const [folded, setFolded] = useRemembered("proctor.self-folded", isFlag, false);
  return (
    <section className="self-box" aria-label={t("self.label")}>
      {folded ? null : <SelfView stream={camera} />}
      <StatusLine room={room} seen={camera !== null} />
      <button type="button" className="button quiet small" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
        {folded ? t("self.show") : t("self.hide")}
      </button>
    </section>
  );
}

function StatusLine({ room, seen }: { room: RoomState; seen: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const text = statusOf(room, seen, t);
  const kbit = room.figures ? t("self.line", { mode: t(`room.line.short.${room.figures.mode}`), n: format.number(room.figures.kbps, 0) }) : "";
  return (
    <>
      <p className="status-line" role="status">
        {text}
      </p>
      {kbit ? <p className="dim small">{kbit}</p> : null}
    </>
  );
}

function statusOf(room: RoomState, seen: boolean, t: TFunction): string {
  if (room.link.phase !== "live") return t("self.noLine");
  if (!seen) return t("self.off");
  if (room.advice) return t(`states:${room.advice.code}.advice`, { defaultValue: room.advice.text });
  const state = room.states[0];
  if (state) return t(`states:${state}.advice`);
  if (!room.report) return t("self.waiting");
  const faces = room.report.faces?.length ?? 0;
  return faces === 1 ? t("self.well") : faces === 0 ? t("self.noFace") : t("self.several");
}
