// One sitting: waiting to begin, running, or over. Opens without network where it was running on this device.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { useUser } from "@/api/useUser";
import { exam as readExam, messages, paper as readPaper, type Paper, sitting as readSitting } from "../api";
import type { Controller } from "../engine/controller";
import { askToPersist } from "../engine/store";
import { Outbox } from "../engine/outbox";
import { merged, Sheet } from "../engine/sheet";
import { Heading, Loading, Notice, Trouble } from "../parts/basics";
import { Frame } from "../parts/Frame";
import { go } from "../router";
import type { SignIn } from "../signIn";
import { useTools } from "../tools";
import { useController, useRoomState } from "../useController";
import { EntrancePanel } from "./EntrancePanel";
import { ExamRoom } from "./ExamRoom";
import { LoginScreen } from "./LoginScreen";
import { type Progress, progressOf } from "./usePlaceInPaper";

const ENDED = new Set(["submitted", "terminated", "expired"]);

export function SittingScreen({ id, signIn }: { id: number; signIn: SignIn }) {
  const stored = useStored(id);
  const [, setRound] = useState(0);
  if (stored === "asking") return <Frame><Loading /></Frame>;
  if (signIn !== "in" && !stored) {
    return (
      <Frame>
        {signIn === "offline" ? <NothingHere /> : <LoginScreen onDone={() => setRound((known) => known + 1)} />}
      </Frame>
    );
  }
  if (signIn !== "in" && stored) return <Running id={id} userId={stored.userId} stored={stored.paper} />;
  return <Sitting id={id} stored={stored?.paper ?? null} />;
}

function NothingHere() {
  const { t } = useTranslation();
  return (
    <section className="card narrow">
      <Heading>{t("offline.title")}</Heading>
      <p>{t("offline.notHere")}</p>
    </section>
  );
}

function Sitting({ id, stored }: { id: number; stored: Paper | null }) {
  const user = useUser();
  const sitting = useQuery({ queryKey: ["sitting", id], queryFn: () => readSitting(id), gcTime: 0 });
  const over = sitting.data !== undefined && ENDED.has(sitting.data.state);
  useEffect(() => {
    if (over) go(`/room/sittings/${id}/after`, "replace");
  }, [over, id]);
  if (sitting.isError && stored && asProblem(sitting.error).status === 0) {
    return <Running id={id} userId={user?.id ?? 0} stored={stored} />;
  }
  if (sitting.isError) return <Frame><Trouble error={sitting.error} onRetry={() => void sitting.refetch()} /></Frame>;
  if (!sitting.data || !user || over) return <Frame><Loading /></Frame>;
  if (!sitting.data.begun_at) {
    return (
      <Frame>
        <Entrance id={id} userId={user.id} examId={sitting.data.exam_id} onBegun={() => void sitting.refetch()} />
      </Frame>
    );
  }
  return <Running id={id} userId={user.id} stored={stored} />;
}

function Entrance(props: { id: number; userId: number; examId: number; onBegun: () => void }) {
  const exam = useQuery({ queryKey: ["exam", props.examId], queryFn: () => readExam(props.examId) });
  const { controller, error } = useController(props.id, props.userId);
  const room = useRoomState(controller);
  if (exam.isError || error) return <Trouble error={exam.error ?? error} onRetry={() => void exam.refetch()} />;
  if (!exam.data || !controller) return <Loading />;
  return <EntrancePanel exam={exam.data} session={props.id} controller={controller} room={room} onBegun={props.onBegun} />;
}

/** The exam itself, from the server's paper or, without network, from the one kept here. */
function Running({ id, userId, stored }: { id: number; userId: number; stored: Paper | null }) {
  const { controller, error } = useController(id, userId);
  const { t } = useTranslation();
  const fresh = useQuery({ queryKey: ["paper", id], queryFn: () => readPaper(id), gcTime: 0, staleTime: Infinity });
  const [opened, setOpened] = useState<{ paper: Paper; sheet: Sheet; start: Progress } | null>(null);
  const paper = fresh.data ?? (fresh.isError && asProblem(fresh.error).status !== 403 ? stored : null);
  useEffect(() => {
    if (!controller || !paper) return;
    let left = false;
    void askToPersist();
    const open = async () => {
      const [device, flags, progress] = await Promise.all([
        controller.kept.answers(),
        controller.kept.kept<number[]>("flags"),
        controller.kept.kept<Progress>("progress"),
      ]);
      // What waits here is newer than what the server knows.
      const waiting = ((await controller.kept.waiting()) > 0 && flags) || paper.flags;
      const sheet = new Sheet((question, value) => controller.answer(question, value), merged(paper.answers, device), waiting);
      if (paper !== stored) await controller.kept.keep("paper", paper);
      const total = paper.sections.reduce((sum, section) => sum + section.questions.length, 0);
      await controller.kept.keep("total", total);
      if (!left) setOpened((known) => known ?? { paper, sheet, start: progressOf(paper, progress) });
    };
    void open();
    void controller.remember().catch(() => undefined);
    void messages(id).then((list) => left || controller.recall(list), () => undefined);
    return () => {
      left = true;
    };
  }, [controller, paper, stored, id]);
  useTakenOver(id, controller, opened?.sheet ?? null);
  if (error) return <Frame><Trouble error={error} /></Frame>;
  if (!paper && fresh.isError) return <Frame><Trouble error={fresh.error} onRetry={() => void fresh.refetch()} /></Frame>;
  if (!controller || !opened) return <Frame><Loading /></Frame>;
  return (
    <>
      {paper === stored ? <Notice tone="watch" title={t("offline.fromDevice")} live="polite" /> : null}
      <ExamRoom id={id} controller={controller} paper={opened.paper} sheet={opened.sheet} start={opened.start} />
    </>
  );
}

/** After the exam was elsewhere and is taken back: what was written there is shown here. */
function useTakenOver(id: number, controller: Controller | null, sheet: Sheet | null): void {
  const { link } = useRoomState(controller);
  const [away, setAway] = useState(false);
  const replaced = link.phase === "over" && link.why === "replaced";
  if (replaced && !away) setAway(true);
  const back = away && link.phase === "live";
  useEffect(() => {
    if (!back || !controller || !sheet) return;
    const read = async () => {
      const [newest, device] = await Promise.all([readPaper(id), controller.kept.answers()]);
      sheet.adopt(merged(newest.answers, device), newest.flags);
      setAway(false);
    };
    void read().catch(() => setAway(false));
  }, [back, id, controller, sheet]);
}

type Stored = { userId: number; paper: Paper };

/** The paper of an exam that was running on this device. */
function useStored(id: number): Stored | null | "asking" {
  const { database } = useTools();
  const [stored, setStored] = useState<Stored | null | "asking">("asking");
  useEffect(() => {
    let left = false;
    const read = async (): Promise<Stored | null> => {
      const db = await database;
      const [outbox, row] = await Promise.all([Outbox.reopen(db, id), db.get("sittings", id)]);
      const paper = await outbox?.kept<Paper>("paper");
      return row && paper ? { userId: row.userId, paper } : null;
    };
    read().then(
      (found) => left || setStored(found),
      () => left || setStored(null),
    );
    return () => {
      left = true;
    };
  }, [database, id]);
  return stored;
}
