// The end: handing in by hand or at the deadline, online or later, and nothing wiped before the server has it all.
import { useCallback, useEffect, useRef, useState } from "react";
import { sendLate, submit, type Paper } from "../api";
import type { Controller } from "../engine/controller";
import { handInRest } from "../engine/late";
import type { RoomState } from "../engine/roomState";
import type { Sheet } from "../engine/sheet";
import { isAnswered } from "@/ui/questions/question";
import { go } from "../router";
import { hashOf, keepReceiptOf, type Receipt, settle } from "../settling";
import { useTools } from "../tools";

/** How long answers on their way are waited for before the rest goes the late way. */
const PATIENCE_MS = 15_000;
const FINAL_FLUSH_MS = 2_500;

export type Finish = { state: "open" | "sending" | "waiting_for_line" | "failed"; submit: () => void; error: unknown };

/** Whether the deadline has passed by the server's clock; a deadline that moves opens it again. */
export function useDeadline(controller: Controller, endsAt: number, paused: boolean): boolean {
  const [up, setUp] = useState(false);
  useEffect(() => {
    const look = () => setUp(!paused && controller.now() >= endsAt);
    look();
    const timer = setInterval(look, 250);
    return () => clearInterval(timer);
  }, [controller, endsAt, paused]);
  return up;
}

type Options = { id: number; controller: Controller; sheet: Sheet; paper: Paper; room: RoomState; timeIsUp: boolean };

export function useFinish({ id, controller, sheet, paper, room, timeIsUp }: Options): Finish {
  const { database } = useTools();
  const [wanted, setWanted] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const running = useRef(false);
  const live = room.link.phase === "live";
  const over = room.ended !== null || (room.link.phase === "over" && room.link.why === "ended");

  useFinalFlush(controller, sheet, room);
  useEffect(() => {
    void controller.kept.kept<boolean>("submit").then((kept) => kept && setWanted(true));
  }, [controller]);

  const leave = useCallback(async () => {
    if (running.current) return;
    running.current = true;
    try {
      await sheet.flush();
      await keepReceipt(id, sheet, paper);
      const db = await database.catch(() => null);
      if (db) await settle(db, id);
      await handInRest(id, await controller.rest(), sendLate);
      controller.media.close();
      if (document.fullscreenElement) await document.exitFullscreen().catch(() => undefined);
      go(`/room/sittings/${id}/after`, "replace");
    } catch (failed) {
      setError(failed);
    } finally {
      running.current = false;
    }
  }, [database, id, paper, sheet, controller]);

  // By hand, or because the time is up: what is on its way goes first, then the word that ends it.
  useEffect(() => {
    if (!(wanted || timeIsUp) || over || !live || running.current) return;
    running.current = true;
    const end = async () => {
      try {
        await sheet.flush();
        await untilSent(controller);
        await submit(id);
      } catch (failed) {
        setError(failed);
      } finally {
        running.current = false;
      }
      await leave();
    };
    void end();
  }, [wanted, timeIsUp, over, live, sheet, controller, id, leave]);

  useEffect(() => {
    if (!over) return;
    // Only a failure is shown, and only once it has happened.
    // oxlint-disable-next-line react/set-state-in-effect
    void leave();
    const timer = setInterval(() => void leave(), 10_000);
    return () => clearInterval(timer);
  }, [over, leave]);

  const ending = wanted || over || (timeIsUp && live);
  return {
    state: !ending ? "open" : !live && !over ? "waiting_for_line" : error ? "failed" : "sending",
    error,
    submit: () => {
      setError(null);
      setWanted(true);
      void controller.kept.keep("submit", true);
    },
  };
}

/** The last words are on their way before the deadline, not after it. */
function useFinalFlush(controller: Controller, sheet: Sheet, room: RoomState): void {
  useEffect(() => {
    if (room.endsAt === null) return;
    const left = room.endsAt - controller.now() - FINAL_FLUSH_MS;
    const timer = setTimeout(() => void sheet.flush(), Math.max(0, Math.min(left, 2 ** 31 - 1)));
    return () => clearTimeout(timer);
  }, [controller, sheet, room.endsAt]);
}

/** On the disk and in memory. */
async function unsent(controller: Controller): Promise<number> {
  const [onDisk, inMemory] = await Promise.all([controller.kept.waiting(), controller.rest()]);
  return onDisk + inMemory.length;
}

async function untilSent(controller: Controller): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  // oxlint-disable-next-line no-await-in-loop
  while (performance.now() < until && (await unsent(controller)) > 0) {
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
}

async function keepReceipt(id: number, sheet: Sheet, paper: Paper): Promise<void> {
  const { answers } = sheet.state();
  const receipt: Receipt = {
    at: new Date().toISOString(),
    answered: [...answers.values()].filter(isAnswered).length,
    total: paper.sections.reduce((sum, section) => sum + section.questions.length, 0),
    late: 0,
    hash: await hashOf(new Map([...answers].map(([question, value]) => [question, { value }]))),
  };
  keepReceiptOf(id, receipt);
}
