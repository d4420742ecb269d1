// The live exam as React sees it: status of the connection, what is known, and the pictures.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { answered, api } from "@/api/client";
import { LiveSocket, type LiveStatus } from "./liveSocket";
import { type LiveView, reduceLive } from "./liveView";
import type { LiveMessage } from "./messages";
import { makePictures, type Picture, type Pictures, type Span } from "./pictures";

/** Messages of one moment are applied together, so that a burst costs one drawing. */
const BATCH_MS = 50;

export type LiveExamState = {
  status: LiveStatus;
  view: LiveView | null;
  pictures: Pictures;
  retryNow: () => void;
};

async function fetchTicket(examId: number): Promise<string> {
  const path = { exam_id: examId };
  const { ticket } = await answered(api.POST("/api/v1/proctoring/live/{exam_id}/ticket", { params: { path } }));
  return ticket;
}

function socketAddress(examId: number, ticket: string): string {
  const address = new URL(`/api/v1/proctoring/live/${examId}`, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("token", ticket);
  return address.href;
}

export function useLiveExam(examId: number): LiveExamState {
  const [status, setStatus] = useState<LiveStatus>({ phase: "connecting" });
  const [view, setView] = useState<LiveView | null>(null);
  const [pictures] = useState(makePictures);
  const socket = useRef<LiveSocket | null>(null);

  useEffect(() => {
    let waiting: { message: LiveMessage; at: number }[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let clockOffset = 0;
    const flush = () => {
      timer = undefined;
      const batch = waiting;
      waiting = [];
      setView((known) => batch.reduce((soFar, { message, at }) => reduceLive(soFar, message, at), known));
    };
    const opened = new LiveSocket({
      address: (ticket) => socketAddress(examId, ticket),
      getTicket: () => fetchTicket(examId),
      onStatus: setStatus,
      onMessage: (message) => {
        if ("server_time" in message) clockOffset = Date.parse(message.server_time) - Date.now();
        waiting.push({ message, at: Date.now() });
        timer ??= setTimeout(flush, BATCH_MS);
      },
      onThumbnail: (thumbnail) => pictures.add(thumbnail, Date.now() + clockOffset),
    });
    socket.current = opened;
    const backOnline = () => opened.retryNow();
    window.addEventListener("online", backOnline);
    return () => {
      window.removeEventListener("online", backOnline);
      clearTimeout(timer);
      opened.close();
      pictures.dispose();
    };
  }, [examId, pictures]);

  const retryNow = useCallback(() => socket.current?.retryNow(), []);
  return { status, view, pictures, retryNow };
}

export function useLatestPicture(pictures: Pictures, sittingId: number): Picture | null {
  const subscribe = useCallback((listener: () => void) => pictures.subscribe(sittingId, listener), [pictures, sittingId]);
  return useSyncExternalStore(subscribe, () => pictures.latest(sittingId));
}

export function useSeen(pictures: Pictures, sittingId: number): readonly Span[] {
  const subscribe = useCallback((listener: () => void) => pictures.subscribe(sittingId, listener), [pictures, sittingId]);
  return useSyncExternalStore(subscribe, () => pictures.seen(sittingId));
}
