// The student's HTTP routes, and the server's time from their answers.
import { call } from "@/api/call";
import { signedFetch } from "@/api/client";
import { asProblem, Problem, problemFrom } from "@/api/problem";
import type { Exam } from "@/api/types";
import type { AnswerValue, Outgoing } from "./engine/contract";
import { ServerClock } from "./engine/serverClock";
import type { Question, Words } from "@/ui/questions/question";

export type Sitting = {
  id: number;
  exam_id: number;
  student_id: number;
  start_time: string;
  end_time: string | null;
  is_completed: boolean;
  state: string;
  ends_at: string;
  attempt: number;
  begun_at: string | null;
  admitted_at: string | null;
};
export type OwnExam = {
  exam: Exam;
  state: "upcoming" | "open" | "running" | "done" | "missed";
  exam_session: Sitting | null;
  attempts_left: number;
  result_released: boolean;
};
export type Section = {
  id: number;
  title: Words;
  instructions: Words;
  seconds?: number | null;
  navigation?: "free" | "forward" | null;
  questions: Question[];
};
export type RoomSettings = {
  navigation: "free" | "forward";
  question_language: "both" | "en" | "bn";
  allow_calculator: boolean;
  require_fullscreen: boolean;
  block_clipboard: boolean;
  block_right_click: boolean;
  block_shortcuts: boolean;
  enable_screen_recording: boolean;
  show_trust: boolean;
};
export type Paper = {
  exam_session_id: number;
  exam_id: number;
  title: string;
  instructions?: string;
  server_time: string;
  ends_at: string;
  state: string;
  settings: RoomSettings;
  sections: Section[];
  answers: { question_id: number; value?: AnswerValue; client_seq: number; saved_at: string; late: boolean }[];
  flags: number[];
  /** When which question was first shown, on whichever device; the server's time. */
  opened?: { question_id: number; at: string }[];
};
export type Consent = { version: string; camera: boolean; sound: boolean; screen: boolean; identity: boolean; objection: string };
export type TextMessage = { id: number; from: "staff" | "student"; text: string; at: string; warning: boolean; read: boolean };
export type Outage = { started_at: string; ended_at: string | null; seconds: number; cause: string; credited_seconds: number };
export type Unobserved = { from: string; to: string; states: string[] };
export type Institution = { name: string; evidence_days: number; evidence_days_unreleased: number };
export type Evidence = { id: number; role: string; captured_at: string; sha256: string; url: string };
export type Violation = {
  id: number;
  kind: string;
  severity: string;
  started_at: string;
  ended_at: string | null;
  seconds: number;
  confidence: number;
  without_this?: number | null;
  counts?: boolean;
  reviewed_kind?: string | null;
  verdict?: string | null;
  evidence: Evidence[];
};
export type SittingDetail = { id: number; exam_id: number; state: string; trust: number; coverage: number | null };
export type ResultRow = {
  question_id: number;
  position: number;
  type: Question["type"];
  text: Words;
  body: Question["body"];
  late?: boolean;
  explanation?: Words | null;
  answer?: AnswerValue;
  points: number | null;
  max_points: number;
  comment?: string;
  key?: Record<string, unknown> | null;
};
export type Result = {
  released: boolean;
  score?: number | null;
  max_score?: number | null;
  percent?: number | null;
  passed?: boolean | null;
  questions?: ResultRow[] | null;
};
/** `decision` is null as long as nobody has decided. */
export type DecisionRead = { id: number; decision: string | null; text: string; created_at: string };

/** The server's time as this page knows it. */
export const clock = new ServerClock();

/** Sets the clock by an answer's own word about the time. */
async function timed<T extends { server_time: string }>(pending: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const answer = await pending();
  clock.told(Date.parse(answer.server_time), performance.now() - begun);
  return answer;
}

export const myExams = () => call<OwnExam[]>("GET", "/students/me/exams");
export const exam = (id: number) => call<Exam>("GET", `/exams/${id}`);
export const sitting = (id: number) => call<Sitting & SittingDetail>("GET", `/exam-sessions/${id}`);
export const paper = (id: number) => timed(() => call<Paper>("GET", `/exam-sessions/${id}/paper`));
export const begin = (id: number) => call<Sitting>("POST", `/exam-sessions/${id}/begin`);
export const practice = () => call<Sitting>("POST", "/practice", { body: { hold: true } });
export const submit = (id: number) => within(call<Sitting>("POST", `/proctoring/end-session/${id}`));
export const giveConsent = (examId: number, consent: Consent & { shown: string }) => call<Consent>("POST", `/exams/${examId}/consent`, { body: consent });
export const messages = (id: number) => call<TextMessage[]>("GET", `/exam-sessions/${id}/messages`);
export const outages = (id: number) => call<Outage[]>("GET", `/exam-sessions/${id}/outages`);
export const unobserved = (id: number) => call<Unobserved[]>("GET", `/exam-sessions/${id}/unobserved`);
export const institution = () => call<Institution>("GET", "/institution/public");
export const violations = (id: number) => call<Violation[]>("GET", `/exam-sessions/${id}/violations`);
export const result = (id: number) => call<Result>("GET", `/exam-sessions/${id}/result`);
export const decision = (id: number) => call<DecisionRead | null>("GET", `/exam-sessions/${id}/decision`);
export const comment = (violationId: number, text: string) =>
  call<unknown>("POST", `/violations/${violationId}/comments`, { body: { text } });
export const commentDecision = (id: number, text: string) =>
  call<unknown>("POST", `/exam-sessions/${id}/decision/comment`, { body: { text } });

export function start(examId: number, password: string): Promise<Sitting> {
  const secret = password ? { exam_password: password } : {};
  return call<Sitting>("POST", "/proctoring/start-session", { body: { exam_id: examId, hold: true, ...secret } });
}

/** The newest answer to the rules; null where there is none yet. */
export async function ownConsent(examId: number): Promise<Consent | null> {
  try {
    return await call<Consent>("GET", `/exams/${examId}/consent`);
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/** On a half-open line an answer never comes and nothing says so: after a while that counts as no network. */
const PATIENCE_MS = 15_000;

async function within<T>(pending: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem("network", { status: 0 })), PATIENCE_MS);
  });
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(timer);
  }
}

export async function ticket(sessionId: number): Promise<string> {
  return (await within(call<{ ticket: string }>("POST", `/proctoring/sessions/${sessionId}/ticket`))).ticket;
}

async function sendBytes<T>(path: string, body: BodyInit, type: string): Promise<T> {
  try {
    const address = new URL(`/api/v1${path}`, window.location.origin);
    const response = await signedFetch(new Request(address, { method: "POST", body, headers: { "Content-Type": type } }));
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw problemFrom(response.status, answer);
    return answer as T;
  } catch (error) {
    throw asProblem(error);
  }
}

export const enrolFace = (id: number, jpeg: Blob) => sendBytes<unknown>(`/exam-sessions/${id}/enrolment`, jpeg, "image/jpeg");
export const handIn = (id: number, kind: "id" | "room", jpeg: Blob) =>
  sendBytes<unknown>(`/exam-sessions/${id}/documents?kind=${kind}`, jpeg, "image/jpeg");

async function echo(size: number): Promise<number> {
  const begun = performance.now();
  const body = new Blob([new Uint8Array(size)]);
  await timed(() => sendBytes<{ bytes: number; server_time: string }>("/proctoring/echo", body, "application/octet-stream"));
  return performance.now() - begun;
}

/** Measures the line: milliseconds there and back, and bits per second up. */
export async function measureLine(): Promise<{ delayMs: number; upBits: number }> {
  await echo(1);
  const delayMs = Math.min(await echo(1), await echo(1));
  const size = 48 * 1024;
  const took = Math.max(1, (await echo(size)) - delayMs);
  return { delayMs, upBits: (size * 8 * 1000) / took };
}

export async function uploadAnswerFile(sessionId: number, questionId: number, file: File): Promise<{ id: number; name: string; size: number }> {
  const form = new FormData();
  form.append("question_id", String(questionId));
  form.append("file", file);
  return call("POST", `/exam-sessions/${sessionId}/files`, { form });
}

export type LateTaken = { upto: number; accepted: number; late: number; refused: Record<string, string> };
export const sendLate = (id: number, late: (Outgoing & { seq: number })[]) =>
  within(call<LateTaken>("POST", `/exam-sessions/${id}/late-messages`, { body: { messages: late } }));
