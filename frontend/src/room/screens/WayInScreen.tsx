// The way into an exam, or into practice: rules and consent, then the check of this device, then the sitting.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUser } from "@/api/useUser";
import type { Exam } from "@/api/types";
import { exam as readExam, ownConsent, practice, start, submit } from "../api";
import { lastCheck, rememberCheck } from "../checks";
import { type Door, ExamPassword } from "../parts/AskForHelp";
import { Heading, Loading, Notice, Trouble } from "../parts/basics";
import { Frame } from "../parts/Frame";
import { Steps } from "../parts/Steps";
import { go } from "../router";
import { CheckPanel } from "./CheckPanel";
import { RulesPanel } from "./RulesPanel";
import type { CheckName, CheckNeeds } from "./useChecks";

const EVERYTHING: CheckNeeds = { sound: true, screen: false, fullscreen: true };

export function WayInScreen({ examId }: { examId: number | null }) {
  const exam = useQuery({ queryKey: ["exam", examId], queryFn: () => readExam(examId ?? 0), enabled: examId !== null });
  const consent = useQuery({ queryKey: ["consent", examId], queryFn: () => ownConsent(examId ?? 0), enabled: examId !== null });
  if (examId === null) return <Frame><PracticeWay /></Frame>;
  if (exam.isError) return <Frame><Trouble error={exam.error} onRetry={() => void exam.refetch()} /></Frame>;
  if (!exam.data || consent.isPending) return <Frame><Loading /></Frame>;
  return <Frame><ExamWay exam={exam.data} agreed={consent.data !== null && consent.data !== undefined} /></Frame>;
}

function needsOf(exam: Exam): CheckNeeds {
  return {
    sound: exam.enable_audio_detection,
    screen: exam.enable_screen_recording,
    fullscreen: exam.require_fullscreen || exam.browser_lockdown,
  };
}

function ExamWay({ exam, agreed }: { exam: Exam; agreed: boolean }) {
  const { t } = useTranslation();
  const [step, setStep] = useState<"rules" | "check" | "start">(agreed ? "check" : "rules");
  const [open, setOpen] = useState<CheckName[]>([]);
  const [password, setPassword] = useState("");
  const door = { examId: exam.id, password, setPassword: exam.has_password ? setPassword : null };
  const fresh = lastCheck();
  return (
    <>
      <Heading>{exam.title}</Heading>
      <Steps steps={["rules", "check", "start"]} now={step} />
      {step === "rules" ? <RulesPanel exam={exam} onAgreed={() => setStep("check")} /> : null}
      {step === "check" ? (
        <>
          {fresh ? (
            <Notice tone="good" title={t("check.stillValid")}>
              <button type="button" className="button" onClick={() => setStep("start")}>
                {t("check.skip")}
              </button>
            </Notice>
          ) : null}
          <CheckRun
            door={door}
            needs={needsOf(exam)}
            onDone={(names) => {
              setOpen(names);
              setStep("start");
            }}
          />
        </>
      ) : null}
      {step === "start" ? <StartPanel door={door} open={open} /> : null}
    </>
  );
}

/** A practice sitting, made for the check and ended with it: the check is the very pipeline of the exam. */
function CheckRun({ door, needs, onDone }: { door: Door; needs: CheckNeeds; onDone: (open: CheckName[]) => void }) {
  const user = useUser();
  const sitting = useQuery({ queryKey: ["practice"], queryFn: practice, gcTime: 0, staleTime: Infinity });
  if (sitting.isError) return <Trouble error={sitting.error} onRetry={() => void sitting.refetch()} />;
  if (!sitting.data || !user) return <Loading />;
  const { id } = sitting.data;
  return (
    <CheckPanel
      session={id}
      userId={user.id}
      door={door}
      needs={needs}
      onDone={(open) => {
        if (open.length === 0) rememberCheck();
        void submit(id).catch(() => undefined);
        onDone(open);
      }}
    />
  );
}

/** `open`: the checks that were not passed; they stop nobody, but nobody is told either that all is well. */
function StartPanel({ door, open }: { door: Door; open: CheckName[] }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const begin = async () => {
    setBusy(true);
    try {
      const sitting = await start(door.examId, door.password);
      go(`/room/sittings/${sitting.id}`, "replace");
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <section className="card stack">
      <h2>{open.length === 0 ? t("start.title") : t("start.titleOpen")}</h2>
      {open.length > 0 ? (
        <Notice tone="watch" title={open.map((name) => t(`check.${name}.name`)).join(" · ")}>
          <p>{t("start.open")}</p>
        </Notice>
      ) : null}
      <p>{t("start.text")}</p>
      <ExamPassword door={door} />
      {error ? <Trouble error={error} /> : null}
      <button type="button" className="button" disabled={busy || (door.setPassword !== null && !door.password)} onClick={() => void begin()}>
        {t("start.go")}
      </button>
    </section>
  );
}

function PracticeWay() {
  const { t } = useTranslation();
  const user = useUser();
  const sitting = useQuery({ queryKey: ["practice"], queryFn: practice, gcTime: 0, staleTime: Infinity });
  return (
    <>
      <Heading>{t("practice.title")}</Heading>
      <p>{t("practice.text")}</p>
      {sitting.isError ? <Trouble error={sitting.error} onRetry={() => void sitting.refetch()} /> : null}
      {sitting.isPending ? <Loading /> : null}
      {sitting.data && user ? (
        <CheckPanel
          session={sitting.data.id}
          userId={user.id}
          door={null}
          needs={EVERYTHING}
          onDone={(open) => {
            if (open.length === 0) rememberCheck();
            go(`/room/sittings/${sitting.data.id}`);
          }}
        />
      ) : null}
    </>
  );
}
