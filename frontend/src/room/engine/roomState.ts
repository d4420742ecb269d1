// What the room knows of its sitting: a plain value, changed by what the server says. No clock, no network.
import type { Report, ServerMessage } from "./contract";
import type { LinkStatus } from "./link";
import type { Figures } from "./wire";

export type RoomMessage = { id: number; from: "staff" | "student"; text: string; at: string; warning: boolean; read?: boolean };
/** What the student has said and the list of the server does not hold yet. */
export type Said = { text: string; at: number };
export type ToldOutage = { started_at: string; ended_at: string; credited_seconds: number; cause: string };
export type Challenge = { nonce: string; direction: string; text: string; until: number };

export type RoomState = {
  link: LinkStatus;
  /** Whether the server has greeted us since the page was opened. */
  greeted: boolean;
  begun: boolean;
  admitted: boolean;
  paused: boolean;
  pauseReason: string;
  endsAt: number | null;
  ended: { how: "submitted" | "expired" | "terminated"; reason: string } | null;
  /** Messages that are on this device and not yet with the server; null until that was counted. */
  waiting: number | null;
  savedAt: number | null;
  storage: "quota" | "failed" | null;
  report: Report | null;
  states: string[];
  coverage: number | null;
  advice: { code: string; text: string; at: number } | null;
  messages: RoomMessage[];
  /** Warnings that have not been put away. */
  warnings: RoomMessage[];
  challenge: Challenge | null;
  challengeDone: { passed: boolean | null } | null;
  ending: { reason: string; at: number } | null;
  endingTakenBack: { at: number } | null;
  roomView: boolean;
  outages: ToldOutage[];
  offlineSince: number | null;
  /** More time was given: by how much, ms. */
  extended: { at: number; by: number } | null;
  hand: boolean;
  said: Said[];
  /** The newest message that was looked at. */
  readUpTo: number;
  flagged: string | null;
  trust: number | null;
  figures: Figures | null;
  soundRefused: boolean;
  refused: number;
  /** An answer came after its time or its place: it is kept beside the one that counts. */
  outside: "question_time_over" | "question_left" | null;
};

export const FIRST_STATE: RoomState = {
  link: { phase: "connecting" },
  greeted: false,
  begun: false,
  admitted: false,
  paused: false,
  pauseReason: "",
  endsAt: null,
  ended: null,
  waiting: null,
  savedAt: null,
  storage: null,
  report: null,
  states: [],
  coverage: null,
  advice: null,
  messages: [],
  warnings: [],
  challenge: null,
  challengeDone: null,
  ending: null,
  endingTakenBack: null,
  roomView: false,
  outages: [],
  offlineSince: null,
  extended: null,
  hand: false,
  said: [],
  readUpTo: 0,
  flagged: null,
  trust: null,
  figures: null,
  soundRefused: false,
  refused: 0,
  outside: null,
};

/** `now`: the server's time, ms. */
export function linked(state: RoomState, link: LinkStatus, now: number): RoomState {
  const offlineSince = link.phase === "live" ? null : (state.offlineSince ?? now);
  return { ...state, link, offlineSince };
}

export function heard(state: RoomState, message: ServerMessage, now: number): RoomState {
  switch (message.type) {
    case "hello": {
      const { begun, paused, admitted } = message;
      return { ...state, greeted: true, begun, paused, admitted, endsAt: Date.parse(message.ends_at) };
    }
    case "ack":
      return { ...state, savedAt: now };
    case "frame.done":
      return message.source && message.source !== "camera" ? state : seen(state, message, now);
    case "admitted":
      return { ...state, admitted: true, endsAt: Date.parse(message.ends_at) };
    case "begun":
      return { ...state, begun: true, admitted: true, endsAt: Date.parse(message.ends_at) };
    case "paused":
      return { ...state, paused: true, pauseReason: message.reason, endsAt: Date.parse(message.ends_at) };
    case "resumed":
      return { ...state, paused: false, endsAt: Date.parse(message.ends_at) };
    case "extended":
      return lengthened(state, Date.parse(message.ends_at), now);
    case "terminated":
    case "submitted":
    case "expired":
      return { ...state, ended: { how: message.type, reason: message.reason }, ending: null };
    case "message":
      return texted(state, message);
    case "hand":
      return { ...state, hand: message.raised };
    case "read":
      return { ...state, messages: state.messages.map((one) => (one.from === "student" ? { ...one, read: true } : one)) };
    case "ending":
      return { ...state, ending: { reason: message.reason, at: Date.parse(message.at) }, endingTakenBack: null };
    case "ending_cancelled":
      return { ...state, ending: null, endingTakenBack: { at: now } };
    case "room_view":
      return { ...state, roomView: true };
    case "outage":
      return {
        ...state,
        endsAt: Date.parse(message.ends_at),
        outages: [...state.outages.filter(({ started_at }) => started_at !== message.started_at), message],
      };
    case "flagged":
      return { ...state, flagged: message.reason };
    case "trust":
      return { ...state, trust: message.score };
    case "challenge":
      return {
        ...state,
        challengeDone: null,
        challenge: { ...message, until: now + message.seconds * 1000 },
      };
    case "challenge.done":
      return state.challenge?.nonce === message.nonce ? { ...state, challenge: null, challengeDone: { passed: message.passed } } : state;
    case "error":
      return refused(state, message.code, message.params);
    default:
      return state;
  }
}

function refused(state: RoomState, code: string, params: Record<string, string | number>): RoomState {
  if (code === "audio_refused") return { ...state, soundRefused: params["reason"] === "switched_off" };
  if (code === "question_time_over" || code === "question_left") return { ...state, outside: code };
  return code === "answer_invalid" || code === "unknown_question" ? { ...state, refused: state.refused + 1 } : state;
}

function seen(state: RoomState, done: Extract<ServerMessage, { type: "frame.done" }>, now: number): RoomState {
  const states = done.states ?? [];
  const advice = done.advice ? { ...done.advice, at: now } : state.advice;
  // Advice is said once by the server; it stands until what it was about has been good again.
  const over = advice && !states.includes(advice.code) && now - advice.at > 5_000;
  return { ...state, report: done.report, states, coverage: done.coverage, advice: over ? null : advice };
}

function texted(state: RoomState, message: Extract<ServerMessage, { type: "message" }>): RoomState {
  if (state.messages.some(({ id }) => id === message.id)) return state;
  const { id, from, text, at, warning } = message;
  const one = { id, from, text, at, warning };
  return {
    ...state,
    messages: [...state.messages, one],
    warnings: warning && from === "staff" ? [...state.warnings, one] : state.warnings,
  };
}

function lengthened(state: RoomState, endsAt: number, now: number): RoomState {
  const by = (state.extended?.by ?? 0) + endsAt - (state.endsAt ?? endsAt);
  return { ...state, endsAt, extended: by > 0 ? { at: now, by } : null };
}

/** The server's whole list: what we said and it holds by now is no longer on its way. */
export function recalled(state: RoomState, list: RoomMessage[]): RoomState {
  const known = new Set(list.map(({ id }) => id));
  const fresh = state.messages.filter(({ id }) => !known.has(id));
  const before = state.messages.filter(({ from }) => from === "student").length;
  const arrived = list.filter(({ from }) => from === "student").length - before;
  return { ...state, messages: [...list, ...fresh], said: arrived > 0 ? state.said.slice(arrived) : state.said };
}

/** Messages of the staff that were not looked at yet, newest last. */
export function unread(state: RoomState): RoomMessage[] {
  return state.messages.filter(({ from, id }) => from === "staff" && id > state.readUpTo);
}
