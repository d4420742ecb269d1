// The live exam as React sees it: status of the connection, what is known, and the pictures.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { answered, api } from "@/api/client";
import { type ReturningSocket, socketAddress } from "@/lib/returningSocket";
import { type LiveStatus, openLiveSocket } from "./liveSocket";
import { type LiveView, reduceLive } from "./liveView";
import type { LiveMessage, Source } from "./messages";
import { makePictures, type Picture, type Pictures, type Span } from "./pictures";

/** Messages of one moment are applied together, so that a burst costs one drawing. */
const BATCH_MS = 50;
/** Three hundred students never stop: the wall is drawn anew four times a second at most. */
const APART_MS = 250;
/** Scrolling changes what is on screen many times a second; the server hears of where it comes to rest. */
const WATCH_MS = 250;

export type Listener = (message: LiveMessage) => void;

export type LiveExamState = {
  status: LiveStatus;
  view: LiveView | null;
  pictures: Pictures;
  retryNow: () => void;
  /** Tells the server whose pictures are on screen: it sends no others. */
  watch: (sittingIds: readonly number[]) => void;
  /** Hears every event as it comes; gives the way to stop. */
  listen: (listener: Listener) => () => void;
};

async function fetchTicket(examId: number): Promise<string> {
  const path = { exam_id: examId };
  const { ticket } = await answered(api.POST("/api/v1/proctoring/live/{exam_id}/ticket", { params: { path } }));
  return ticket;
}

/** What is on screen, said again after each reconnection. */
class Watched {
  #ids: readonly number[] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  set(ids: readonly number[], say: () => void): void {
    if (this.#ids && ids.length === this.#ids.length && ids.every((id, at) => id === this.#ids?.[at])) return;
    this.#ids = ids;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(say, WATCH_MS);
  }

  message(): object | null {
    return this.#ids ? { type: "watch", session_ids: this.#ids } : null;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

export function useLiveExam(examId: number): LiveExamState {
  const [status, setStatus] = useState<LiveStatus>({ phase: "connecting" });
  const [view, setView] = useState<LiveView | null>(null);
  const [pictures] = useState(makePictures);
  const [watched] = useState(() => new Watched());
  const [listeners] = useState(() => new Set<Listener>());
  const socket = useRef<ReturningSocket | null>(null);

  const sayWatched = useCallback(() => {
    const message = watched.message();
    if (message) socket.current?.send(JSON.stringify(message));
  }, [watched]);

  useEffect(() => {
    let waiting: { message: LiveMessage; at: number }[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let clockOffset = 0;
    let drawnAt = -APART_MS;
    const flush = () => {
      timer = undefined;
      drawnAt = performance.now();
      const batch = waiting;
      waiting = [];
      setView((known) => batch.reduce((soFar, { message, at }) => reduceLive(soFar, message, at), known));
    };
    const opened = openLiveSocket({
      address: (ticket) => socketAddress(`/api/v1/proctoring/live/${examId}`, ticket),
      getTicket: () => fetchTicket(examId),
      onStatus: setStatus,
      onMessage: (message) => {
        if ("server_time" in message) clockOffset = Date.parse(message.server_time) - Date.now();
        if (message.type === "snapshot") sayWatched();
        for (const listener of listeners) listener(message);
        waiting.push({ message, at: Date.now() });
        timer ??= setTimeout(flush, Math.max(BATCH_MS, drawnAt + APART_MS - performance.now()));
      },
      onThumbnail: (thumbnail) => pictures.add(thumbnail, Date.now() + clockOffset),
    });
    socket.current = opened;
    const backOnline = () => opened.retryNow();
    window.addEventListener("online", backOnline);
    return () => {
      window.removeEventListener("online", backOnline);
      clearTimeout(timer);
      watched.stop();
      opened.close();
      pictures.dispose();
    };
  }, [examId, pictures, watched, listeners, sayWatched]);

  const retryNow = useCallback(() => socket.current?.retryNow(), []);
  const watch = useCallback((ids: readonly number[]) => watched.set(ids, sayWatched), [watched, sayWatched]);
  const listen = useCallback(
    (listener: Listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [listeners],
  );
  return { status, view, pictures, retryNow, watch, listen };
}

export function useLatestPicture(pictures: Pictures, sittingId: number, source: Source = "camera"): Picture | null {
  const subscribe = useCallback((listener: () => void) => pictures.subscribe(sittingId, listener), [pictures, sittingId]);
  return useSyncExternalStore(subscribe, () => pictures.latest(sittingId, source));
}

export function useSeen(pictures: Pictures, sittingId: number): readonly Span[] {
  const subscribe = useCallback((listener: () => void) => pictures.subscribe(sittingId, listener), [pictures, sittingId]);
  return useSyncExternalStore(subscribe, () => pictures.seen(sittingId));
}
