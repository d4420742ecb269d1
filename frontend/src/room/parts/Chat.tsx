// Texts between student and teacher.
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import type { Controller } from "../engine/controller";
import type { RoomState } from "../engine/roomState";
import { Dialog } from "./basics";

export function Chat({ room, controller, onClose }: { room: RoomState; controller: Controller; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [text, setText] = useState("");
  const [sent, setSent] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim()) return;
    await controller.put({ type: "chat", t: controller.now(), text: text.trim() });
    setText("");
    setSent(true);
  };
  return (
    <Dialog title={t("room.chat")} onClose={onClose}>
      <ol className="chat" aria-live="polite">
        {room.messages.map((one) => (
          <li key={one.id} data-from={one.from}>
            <p className="dim">
              {one.from === "staff" ? t("room.fromStaff") : t("room.fromMe")} · {format.clock(Date.parse(one.at))}
              {one.warning ? ` · ${t("room.warning")}` : ""}
            </p>
            <p className="words">{one.text}</p>
          </li>
        ))}
      </ol>
      {room.messages.length === 0 ? <p>{t("room.chatEmpty")}</p> : null}
      <form onSubmit={(event) => void send(event)} className="stack">
        <label className="field">
          {t("room.chatWrite")}
          <textarea rows={3} maxLength={2000} value={text} onChange={({ target }) => setText(target.value)} />
        </label>
        <button type="submit" className="button" disabled={!text.trim()}>
          {t("room.chatSend")}
        </button>
        {sent && room.link.phase !== "live" ? <p role="status">{t("room.chatLater")}</p> : null}
      </form>
    </Dialog>
  );
}
