// The one controller of a sitting on a screen, opened with it and closed with it.
import { useEffect, useState, useSyncExternalStore } from "react";
import { clock, ticket } from "./api";
import { Controller } from "./engine/controller";
import type { Media } from "./engine/media";
import { type Ceiling, MODES } from "./engine/pace";
import { FIRST_STATE, type RoomState } from "./engine/roomState";
import { useTools } from "./tools";

const CEILING_KEY = "proctor.line";

export function chosenCeiling(): Ceiling {
  const stored = localStorage.getItem(CEILING_KEY);
  return MODES.find((mode) => mode === stored) ?? "normal";
}

export function chooseCeiling(ceiling: Ceiling): void {
  localStorage.setItem(CEILING_KEY, ceiling);
}

export function useController(session: number | null, userId: number, own?: Media): { controller: Controller | null; error: unknown } {
  const { media: shared, database } = useTools();
  const media = own ?? shared;
  const [controller, setController] = useState<Controller | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (session === null) return;
    let left = false;
    let opened: Controller | null = null;
    const makeWorker = () => new Worker(new URL("./engine/room.worker.ts", import.meta.url), { type: "module" });
    Controller.open({ session, userId, media, clock, database, ceiling: chosenCeiling(), getTicket: ticket, makeWorker }).then(
      (made) => {
        opened = made;
        if (left) made.close();
        else setController(made);
      },
      (failed: unknown) => left || setError(failed),
    );
    return () => {
      left = true;
      opened?.close();
      setController(null);
    };
  }, [session, userId, media, database]);
  return { controller, error };
}

const never = () => () => undefined;

export function useRoomState(controller: Controller | null): RoomState {
  return useSyncExternalStore(controller?.subscribe ?? never, controller?.state ?? (() => FIRST_STATE));
}
