// The exam room: questions, time, what is saved, and everything the server or the teacher says meanwhile.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Shown } from "@/ui/questions/question";
import { exam as readExam, type Paper } from "../api";
import type { Controller } from "../engine/controller";
import type { Sheet } from "../engine/sheet";
import { Calculator } from "../parts/Calculator";
import { Chat } from "../parts/Chat";
import { Palette } from "../parts/Palette";
import { QuestionView } from "../parts/QuestionView";
import { RoomBar, type RoomWindow } from "../parts/RoomBar";
import { RoomBanners } from "../parts/RoomBanners";
import { RoomDialogs } from "../parts/RoomDialogs";
import { SelfBox } from "../parts/SelfBox";
import { SubmitDialog } from "../parts/SubmitDialog";
import { TimeAnnouncer } from "../parts/TimeAnnouncer";
import { useAppearance } from "../parts/useAppearance";
import { useRoomState } from "../useController";
import { useDeadline, useFinish } from "./useFinish";
import { useLockdown } from "./useLockdown";
import { type Progress, usePlaceInPaper } from "./usePlaceInPaper";

type Props = { id: number; controller: Controller; paper: Paper; sheet: Sheet; start: Progress };

export function ExamRoom({ id, controller, paper, sheet, start }: Props) {
  const { t } = useTranslation();
  const room = useRoomState(controller);
  const answers = useSyncExternalStore(sheet.subscribe, sheet.state);
  const look = useAppearance();
  const place = usePlaceInPaper(paper, controller, start, room.paused);
  const [open, setOpen] = useState<RoomWindow>(null);
  const stopped = useLockdown(controller, paper.settings);
  const endsAt = room.endsAt ?? Date.parse(paper.ends_at);
  const timeIsUp = useDeadline(controller, endsAt, room.paused);
  const finish = useFinish({ id, controller, sheet, paper, room, timeIsUp });
  useOpenMedia(controller, paper);
  useFlushOnLeave(sheet);
  const languages = useMemo(() => languagesOf(paper), [paper]);
  const shown: Shown = languages.includes(look.words) ? look.words : (languages[0] ?? "both");
  const locked = timeIsUp || room.paused || room.ended !== null || finish.state !== "open";
  return (
    <div className="room" data-size={look.size} data-contrast={look.contrast}>
      <a className="skip" href="#question">
        {t("nav.skip")}
      </a>
      <RoomBar
        paper={paper}
        room={room}
        unsaved={answers.unsaved.size}
        endsAt={endsAt}
        now={() => controller.now()}
        look={look}
        languages={languages}
        onOpen={setOpen}
        onHand={(raised) => void controller.raiseHand(raised).catch(() => undefined)}
        onCeiling={(ceiling) => controller.hold(ceiling)}
      />
      <RoomBanners room={room} controller={controller} timeIsUp={timeIsUp} finish={finish} onChat={() => setOpen("chat")} />
      <div className="room-body">
        <nav className="room-side" aria-label={t("room.questions")}>
          <Palette paper={paper} answers={answers} place={place} shown={shown} />
          <SelfBox controller={controller} room={room} />
        </nav>
        <main id="question" className="room-main" tabIndex={-1}>
          {place.question ? (
            <QuestionView
              key={place.question.id}
              session={id}
              controller={controller}
              sheet={sheet}
              answers={answers}
              place={place}
              shown={shown}
              locked={locked}
              onSubmit={() => setOpen("submit")}
            />
          ) : (
            <p className="card">{t("room.noQuestions")}</p>
          )}
        </main>
      </div>
      <TimeAnnouncer endsAt={endsAt} now={() => controller.now()} paused={room.paused} />
      <RoomDialogs room={room} controller={controller} stopped={stopped} session={id} />
      {open === "chat" ? <Chat session={id} room={room} controller={controller} onClose={() => setOpen(null)} /> : null}
      {open === "calculator" ? <Calculator onClose={() => setOpen(null)} /> : null}
      {open === "submit" ? (
        <SubmitDialog paper={paper} answers={answers} room={room} finish={finish} onClose={() => setOpen(null)} onGo={place.goTo} />
      ) : null}
    </div>
  );
}

/** The languages that the exam offers; both only where some question has both. */
function languagesOf(paper: Paper): Shown[] {
  const wanted = paper.settings.question_language;
  if (wanted !== "both") return [wanted];
  const questions = paper.sections.flatMap((section) => section.questions);
  const has = (lang: "en" | "bn") => questions.some(({ text }) => (text[lang] ?? "").trim() !== "");
  if (has("en") && has("bn")) return ["en", "bn", "both"];
  return has("bn") ? ["bn"] : ["en"];
}

function useOpenMedia(controller: Controller, paper: Paper): void {
  const reported = useRef(false);
  useEffect(() => {
    const { media } = controller;
    const open = async () => {
      const sound = (await controller.kept.kept<boolean>("sound")) ?? (await soundWanted(paper.exam_id));
      await media.openCamera(sound);
      const label = media.cameraLabel;
      if (reported.current || !/obs|virtual|manycam|snap camera|xsplit|droidcam|v4l2loopback/i.test(label)) return;
      reported.current = true;
      await controller.put({ type: "event", t: controller.now(), kind: "virtual_camera", label });
    };
    void open();
    controller.expectScreen(paper.settings.enable_screen_recording);
  }, [controller, paper]);
}

/** Whether this exam listens; a microphone is never opened on a guess. */
function soundWanted(examId: number): Promise<boolean> {
  return readExam(examId).then(
    (exam) => exam.enable_audio_detection,
    () => false,
  );
}

/** A page that is hidden may never come back: what is only in memory goes to the disk now. */
function useFlushOnLeave(sheet: Sheet): void {
  useEffect(() => {
    const flush = () => void sheet.flush();
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", flush);
      void sheet.flush();
    };
  }, [sheet]);
}
