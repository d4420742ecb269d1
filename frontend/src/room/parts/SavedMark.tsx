// One mark for the one promise: where what was typed is now.
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import type { RoomState } from "../engine/roomState";

export function SavedMark({ room, unsaved }: { room: RoomState; unsaved: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const live = room.link.phase === "live";
  const [state, text] = ((): ["saving" | "device" | "server", string] => {
    if (unsaved > 0) return ["saving", t("room.saved.saving")];
    if (room.storage) {
      const there = room.waiting === 0 && room.greeted;
      return there ? ["server", t("room.saved.serverOnly")] : ["saving", t(`room.saved.${room.storage}`)];
    }
    if (room.waiting === null || room.waiting > 0 || !room.greeted) return ["device", t("room.saved.device")];
    if (!live) return ["server", t("room.saved.offline")];
    return ["server", room.savedAt ? t("room.saved.serverAt", { time: format.clock(room.savedAt) }) : t("room.saved.server")];
  })();
  return (
    <p className="saved" data-state={room.storage && state !== "server" ? "bad" : state} role="status">
      <span aria-hidden>{state === "server" ? "✓" : state === "device" ? "▣" : "…"}</span> {text}
    </p>
  );
}
