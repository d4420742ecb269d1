// Between start and exam: the face that will be expected, documents where asked for, the waiting room, and the last word.
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Exam } from "@/api/types";
import { asProblem } from "@/api/problem";
import { useFormats } from "@/lib/useFormats";
import { begin, enrolFace, handIn, ownConsent } from "../api";
import type { Controller } from "../engine/controller";
import type { RoomState } from "../engine/roomState";
import { AskForHelp } from "../parts/AskForHelp";
import { Heading, Notice, Trouble } from "../parts/basics";
import { SelfView } from "../parts/SelfView";
import { useTools } from "../tools";
import { LoginScreen } from "./LoginScreen";

type Step = "face" | "id" | "room" | "ready";
type Props = { exam: Exam; session: number; controller: Controller; room: RoomState; onBegun: () => void };

function stepsOf(exam: Exam): Step[] {
  return [
    ...(exam.enable_identity_check ? (["face"] as const) : []),
    ...(exam.require_id_document ? (["id"] as const) : []),
    ...(exam.require_room_view ? (["room"] as const) : []),
    "ready",
  ];
}

export function EntrancePanel({ exam, session, controller, room, onBegun }: Props) {
  const { t } = useTranslation();
  const { media } = useTools();
  const state = useSyncExternalStore(media.subscribe, media.state);
  const steps = stepsOf(exam);
  const [at, setAt] = useState(0);
  const step = steps[at] ?? "ready";
  const next = () => setAt((known) => known + 1);
  const sound = exam.enable_audio_detection;
  useEffect(() => {
    void media.openCamera(sound);
    void controller.kept.keep("sound", sound);
  }, [media, controller, sound]);
  useEffect(() => {
    if (room.begun) onBegun();
  }, [room.begun, onBegun]);
  if (room.link.phase === "over" && room.link.why === "signed_out") return <LoginScreen onDone={() => controller.retry()} />;
  return (
    <section className="stack">
      <Heading>{exam.title}</Heading>
      {room.link.phase === "over" && room.link.why === "replaced" ? (
        <Notice tone="watch" title={t("room.elsewhere")} live="polite">
          <button type="button" className="button" onClick={() => controller.retry()}>
            {t("room.takeOver")}
          </button>
        </Notice>
      ) : null}
      <div className="check-grid">
        <SelfView stream={state.camera} />
        {step === "ready" ? (
          <Ready exam={exam} session={session} room={room} onBegun={onBegun} />
        ) : (
          <TakePicture key={step} step={step} session={session} onDone={next} />
        )}
      </div>
      <AskForHelp session={session} controller={controller} room={room} />
      {state.cameraTrouble ? (
        <Notice tone="watch" title={t(`check.camera.${state.cameraTrouble}`)} live="polite">
          <button type="button" className="button quiet" onClick={() => void media.openCamera(exam.enable_audio_detection)}>
            {t("common.retry")}
          </button>
        </Notice>
      ) : null}
    </section>
  );
}

/** Already taken by the stream, or switched off: nothing is left to do. */
const DONE_ALREADY = new Set(["already_enrolled", "identity_check_off"]);

function TakePicture({ step, session, onDone }: { step: "face" | "id" | "room"; session: number; onDone: () => void }) {
  const { t } = useTranslation();
  const { media } = useTools();
  const [busy, setBusy] = useState(false);
  const format = useFormats();
  const [taken, setTaken] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const take = async () => {
    setBusy(true);
    setError(null);
    try {
      const jpeg = await media.still();
      if (!jpeg) throw new Error("no picture");
      if (step === "face") await enrolFace(session, jpeg);
      else await handIn(session, step, jpeg);
      if (step === "room") setTaken((known) => known + 1);
      else onDone();
    } catch (refused) {
      if (DONE_ALREADY.has(asProblem(refused).code)) onDone();
      else setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="card stack">
      <h2>{t(`entrance.${step}.title`)}</h2>
      <p>{t(`entrance.${step}.text`)}</p>
      {error ? <Trouble error={error} /> : null}
      {taken > 0 ? <Notice tone="good" title={t("entrance.room.taken", { count: taken, n: format.number(taken) })} live="polite" /> : null}
      <div className="row">
        <button type="button" className="button" disabled={busy} onClick={() => void take()}>
          {t("entrance.take")}
        </button>
        {taken > 0 ? (
          <button type="button" className="button quiet" onClick={onDone}>
            {t("entrance.enough")}
          </button>
        ) : null}
        {/* The stream enrols by itself later; who cannot show a document tells the teacher. Nobody is locked out here. */}
        {error && taken === 0 ? (
          <button type="button" className="button quiet" onClick={onDone}>
            {t("entrance.later")}
          </button>
        ) : null}
      </div>
    </div>
  );
}

function Ready({ exam, session, room, onBegun }: { exam: Exam; session: number; room: RoomState; onBegun: () => void }) {
  const { t } = useTranslation();
  const { media } = useTools();
  const state = useSyncExternalStore(media.subscribe, media.state);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const objects = useObjection(exam.id);
  const waits = (exam.waiting_room || objects) && !room.admitted;
  const lock = exam.require_fullscreen || exam.browser_lockdown;
  const go = async () => {
    setBusy(true);
    setError(null);
    try {
      if (lock && document.fullscreenEnabled) await document.documentElement.requestFullscreen().catch(() => undefined);
      await begin(session);
      onBegun();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="card stack">
      <h2>{waits ? t("entrance.waiting.title") : t("entrance.ready.title")}</h2>
      <p role="status">{waits ? t("entrance.waiting.text") : t("entrance.ready.text")}</p>
      {exam.enable_screen_recording && !state.screen ? (
        <Notice tone="info" title={t("check.screen.ask")}>
          {state.screenTrouble ? <p role="alert">{t(`check.screen.${state.screenTrouble}`)}</p> : null}
          <button type="button" className="button quiet" onClick={() => void media.openScreen()}>
            {t("check.share")}
          </button>
        </Notice>
      ) : null}
      {error ? <Trouble error={error} /> : null}
      {waits ? null : (
        <button type="button" className="button" disabled={busy} onClick={() => void go()}>
          {t("entrance.begin")}
        </button>
      )}
    </div>
  );
}

/** Who objects waits for the staff's word, waiting room or not. */
function useObjection(examId: number): boolean {
  const [objects, setObjects] = useState(false);
  useEffect(() => {
    let left = false;
    ownConsent(examId).then(
      (consent) => left || setObjects(Boolean(consent?.objection)),
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [examId]);
  return objects;
}
