// Texts between student and teacher: what was said, whether it has arrived, and whether somebody has read it.
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useNewestInView } from "@/lib/useNewestInView";
import { messages } from "../api";
import type { Controller } from "../engine/controller";
import type { RoomState } from "../engine/roomState";
import { Dialog } from "./basics";

type Props = { session: number; room: RoomState; controller: Controller; onClose: () => void };

export function Chat({ session, room, controller, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const [text, setText] = useState("");
  useNewest(session, room, controller);
  const count = room.messages.length + room.said.length;
  const list = useNewestInView<HTMLOListElement>(count);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim()) return;
    await controller.chat(text.trim());
    setText("");
  };
  const stateOf = (read: boolean | undefined) => (read ? t("room.chatRead") : t("room.chatArrived"));
  return (
    <Dialog title={t("room.chat")} onClose={onClose}>
      {/* What scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ol ref={list} className="chat" aria-live="polite" aria-label={t("room.chat")} tabIndex={0}>
        {room.messages.map((one) => (
          <li key={one.id} data-from={one.from}>
            <p className="dim">
              {one.from === "staff" ? t("room.fromStaff") : t("room.fromMe")} · {format.clock(Date.parse(one.at))}
              {one.warning ? ` · ${t("room.warningMark")}` : ""}
              {one.from === "student" ? ` · ${stateOf(one.read)}` : ""}
            </p>
            <p className="words">{one.text}</p>
          </li>
        ))}
        {room.said.map((one) => (
          <li key={one.at} data-from="student">
            <p className="dim">
              {t("room.fromMe")} · {format.clock(one.at)} · {room.link.phase === "live" ? t("room.chatSending") : t("room.chatLater")}
            </p>
            <p className="words">{one.text}</p>
          </li>
        ))}
      </ol>
      {count === 0 ? <p>{t("room.chatEmpty")}</p> : null}
      <form onSubmit={(event) => void send(event).catch(() => undefined)} className="stack">
        <label className="field">
          {t("room.chatWrite")}
          <textarea rows={3} maxLength={2000} value={text} onChange={({ target }) => setText(target.value)} />
        </label>
        <button type="submit" className="button" disabled={!text.trim()}>
          {t("room.chatSend")}
        </button>
      </form>
    </Dialog>
  );
}

const LOOK_MS = 15_000;
const SOON_MS = 1_000;

/** While the window is open: what is there counts as read, and the server is asked what became of our own words. */
function useNewest(session: number, room: RoomState, controller: Controller): void {
  const newest = room.messages.at(-1)?.id ?? 0;
  useEffect(() => controller.messagesRead(newest), [controller, newest]);
  const sent = room.waiting === 0 && room.said.length > 0;
  useEffect(() => {
    const look = () => void messages(session).then((list) => controller.recall(list), () => undefined);
    look();
    // What has just arrived is asked for sooner.
    const timer = setInterval(look, sent ? SOON_MS : LOOK_MS);
    return () => clearInterval(timer);
  }, [session, controller, sent]);
}
