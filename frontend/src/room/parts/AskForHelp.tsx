// A call for help on the way in: it reaches the exam's teachers as a raised hand and a message, and says when it has.
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { messages, start } from "../api";
import type { Controller } from "../engine/controller";
import { Media } from "../engine/media";
import type { RoomState } from "../engine/roomState";
import { useController, useRoomState } from "../useController";
import { Trouble } from "./basics";
import { Chat } from "./Chat";
import { RoomNews } from "./RoomNews";

type Known = { session: number; controller: Controller; room: RoomState };

/** Where the sitting is open already: before its face is taken, in the waiting room, ready to begin. */
export function AskForHelp({ session, controller, room }: Known) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    void controller.remember();
    void messages(session).then((list) => controller.recall(list), () => undefined);
  }, [session, controller]);
  return (
    <section className="stack" aria-label={t("help.title")}>
      <RoomNews room={room} controller={controller} onChat={() => setOpen(true)} />
      <div className="row">
        <button type="button" className="button quiet" onClick={() => void controller.raiseHand(!room.hand)}>
          <span aria-hidden>✋</span> {room.hand ? t("room.handDown") : t("help.ask")}
        </button>
        <button type="button" className="button quiet" onClick={() => setOpen(true)}>
          <span aria-hidden>✉</span> {t("room.chat")}
        </button>
      </div>
      {open ? <Chat session={session} room={room} controller={controller} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}

/** The exam at whose door somebody stands; `setPassword` where it has one. What was typed once is not asked for again. */
export type Door = { examId: number; password: string; setPassword: ((typed: string) => void) | null };

/**
 * During the check of the device. The teachers see whoever has come to the exam's door, so the student comes there: the
 * sitting is made as "Start" would make it, and its time does not run. A door with a password opens with the password.
 */
export function HelpFromCheck({ door, userId, report }: { door: Door; userId: number; report: string }) {
  const { t } = useTranslation();
  const [session, setSession] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  if (session !== null) return <Called session={session} userId={userId} report={report} />;
  const call = (event: FormEvent) => {
    event.preventDefault();
    void start(door.examId, door.password).then(({ id }) => setSession(id), setError);
  };
  return (
    <form className="stack" onSubmit={call}>
      {door.setPassword ? <p>{t("help.withPassword")}</p> : null}
      <ExamPassword door={door} />
      {error ? <Trouble error={error} /> : null}
      <button type="submit" className="button" disabled={door.setPassword !== null && !door.password}>
        {t("help.send")}
      </button>
    </form>
  );
}

export function ExamPassword({ door: { password, setPassword } }: { door: Door }) {
  const { t } = useTranslation();
  if (!setPassword) return null;
  return (
    <label className="field">
      {t("start.password")}
      <input type="password" autoComplete="off" value={password} onChange={({ target }) => setPassword(target.value)} />
    </label>
  );
}

function Called({ session, userId, report }: { session: number; userId: number; report: string }) {
  // Camera and microphone stay with the check.
  const nothing = useMemo(() => new Media(), []);
  const { controller } = useController(session, userId, nothing);
  const room = useRoomState(controller);
  const said = useRef(false);
  useEffect(() => {
    if (!controller || said.current) return;
    said.current = true;
    void controller.chat(report).then(() => controller.raiseHand(true));
  }, [controller, report]);
  return controller ? <AskForHelp session={session} controller={controller} room={room} /> : null;
}
