// What must be looked at before going on: a warning, a task, a pause, full screen, another tab, signing in again.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { handIn } from "../api";
import type { Controller } from "../engine/controller";
import type { Challenge, RoomState } from "../engine/roomState";
import { LoginScreen } from "../screens/LoginScreen";
import type { Lockdown } from "../screens/useLockdown";
import { go } from "../router";
import { Dialog, Notice, Trouble } from "./basics";

type Props = { room: RoomState; controller: Controller; stopped: Lockdown; session: number };

export function RoomDialogs({ room, controller, stopped, session }: Props) {
  const { t } = useTranslation();
  const { link } = room;
  if (room.ended) return null;
  if (link.phase === "over" && link.why === "replaced") return <Elsewhere controller={controller} />;
  if (link.phase === "over" && link.why === "signed_out") {
    return (
      <Dialog title={t("room.signInAgain")}>
        <p>{t("room.signInText")}</p>
        <LoginScreen inside onDone={() => controller.retry()} />
      </Dialog>
    );
  }
  const warning = room.warnings[0];
  if (warning) {
    return (
      <Dialog title={t("room.warning")} onClose={() => controller.putAwayWarning(warning.id)}>
        <p role="alert" className="words">
          {warning.text}
        </p>
        <button type="button" className="button" onClick={() => controller.putAwayWarning(warning.id)}>
          {t("room.understood")}
        </button>
      </Dialog>
    );
  }
  if (room.paused) {
    return (
      <Dialog title={t("room.paused")}>
        <p role="alert">{t("room.pausedText")}</p>
        {room.pauseReason ? <p className="words">{room.pauseReason}</p> : null}
      </Dialog>
    );
  }
  if (room.challenge) return <Turn challenge={room.challenge} controller={controller} />;
  if (room.roomView) return <ShowRoom session={session} controller={controller} />;
  if (stopped.outOfFullscreen) return <BackToFullscreen stopped={stopped} controller={controller} />;
  return stopped.stopped ? <StoppedNote key={stopped.stopped.count} stopped={stopped} /> : null;
}

/** The newest tab or device has the exam; this one says so and can take it back. */
function Elsewhere({ controller }: { controller: Controller }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("room.elsewhere")}>
      <p role="alert">{t("room.elsewhereText")}</p>
      <div className="row">
        <button type="button" className="button" onClick={() => controller.retry()}>
          {t("room.takeOver")}
        </button>
        <button type="button" className="button quiet" onClick={() => go("/room")}>
          {t("nav.home")}
        </button>
      </div>
    </Dialog>
  );
}

/** After the task's own time: how long the server still looks at pictures of it. */
const GRACE_MS = 4_000;
const TURNS: Record<string, number> = { right: 0, down: 90, left: 180, up: 270 };

function Turn({ challenge, controller }: { challenge: Challenge; controller: Controller }) {
  const { t } = useTranslation();
  const format = useFormats();
  useNow(250);
  const left = Math.max(0, Math.ceil((challenge.until - controller.now()) / 1000));
  useEffect(() => {
    // The server's word about it may be lost with the line; the exam goes on without it.
    const rest = challenge.until + GRACE_MS - controller.now();
    const timer = setTimeout(() => controller.challengeOver(challenge.nonce), Math.max(0, rest));
    return () => clearTimeout(timer);
  }, [challenge, controller]);
  return (
    <Dialog title={t("room.challenge")}>
      {/* As in a mirror: the arrow points where the head turns on the screen's self-view. */}
      <svg viewBox="0 0 100 100" className="arrow" aria-hidden style={{ transform: `rotate(${TURNS[challenge.direction] ?? 0}deg)` }}>
        <path d="M10 40h45V20l35 30-35 30V60H10z" />
      </svg>
      <p role="alert" className="challenge-text">
        {t(`challenges:${challenge.direction}`, { defaultValue: challenge.text })}
      </p>
      <p>{t("room.challengeText")}</p>
      <p role="timer">{t("room.challengeLeft", { n: format.number(left) })}</p>
    </Dialog>
  );
}

function ShowRoom({ session, controller }: { session: number; controller: Controller }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [taken, setTaken] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const take = async () => {
    try {
      const jpeg = await controller.media.still();
      if (!jpeg) throw new Error("no picture");
      await handIn(session, "room", jpeg);
      setTaken((known) => known + 1);
      setError(null);
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <Dialog title={t("room.showRoom")} onClose={() => controller.roomShown()}>
      <p>{t("room.showRoomText")}</p>
      {error ? <Trouble error={error} /> : null}
      {taken > 0 ? <Notice tone="good" title={t("entrance.room.taken", { count: taken, n: format.number(taken) })} live="polite" /> : null}
      <div className="row">
        <button type="button" className="button" onClick={() => void take()}>
          {t("entrance.take")}
        </button>
        <button type="button" className="button quiet" onClick={() => controller.roomShown()}>
          {t("entrance.enough")}
        </button>
      </div>
    </Dialog>
  );
}

/** Must be mended, and can be: one press goes back; who cannot tells the teacher from here. */
function BackToFullscreen({ stopped, controller }: { stopped: Lockdown; controller: Controller }) {
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  return (
    <Dialog title={t("room.fullscreen")}>
      <p>{t("room.fullscreenText")}</p>
      <button type="button" className="button" onClick={stopped.back}>
        {t("room.fullscreenBack")}
      </button>
      <details>
        <summary>{t("room.fullscreenCannot")}</summary>
        <div className="stack">
          <label className="field">
            {t("room.fullscreenWhy")}
            <input value={why} maxLength={500} onChange={({ target }) => setWhy(target.value)} />
          </label>
          <button
            type="button"
            className="button quiet"
            disabled={!why.trim()}
            onClick={() => {
              void controller.chat(t("room.fullscreenTold", { why: why.trim() })).then(stopped.excused, stopped.excused);
            }}
          >
            {t("room.fullscreenGoOn")}
          </button>
        </div>
      </details>
    </Dialog>
  );
}

function StoppedNote({ stopped }: { stopped: Lockdown }) {
  const { t } = useTranslation();
  const { clear } = stopped;
  const what = stopped.stopped?.what;
  return (
    <div className="toast">
      <Notice tone="watch" title={t(`room.stopped.${what}`)} live="assertive">
        <p>{t("room.stoppedText")}</p>
        <button type="button" className="button quiet" onClick={clear}>
          {t("room.understood")}
        </button>
      </Notice>
    </div>
  );
}
