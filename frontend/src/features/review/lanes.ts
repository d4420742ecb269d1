// One timeline of a sitting: lanes for what was noted, what the browser said, answers, messages and what could not be seen.
import type { Review } from "@/api/types";

export type Mark = { id: string; from: number; to: number; violationId: number | null; tone: Tone; label: string };
export type Tone = "info" | "warning" | "critical" | "dismissed" | "neutral" | "answer" | "event" | "said";
export type Lane = { name: string; kind: "violation" | "events" | "answers" | "unobserved" | "people"; marks: Mark[] };
export type Scale = { from: number; to: number };

/** Beginning and end of the sitting, in ms; never empty. */
export function scaleOf(review: Review, now: number): Scale {
  const from = Date.parse(review.session.start_time);
  const end = review.session.end_time ? Date.parse(review.session.end_time) : now;
  const latest = Math.max(end, ...review.violations.map((one) => Date.parse(one.ended_at ?? one.started_at)));
  return { from, to: Math.max(from + 1000, latest) };
}

export function lanesOf(review: Review, scale: Scale): Lane[] {
  const kinds = new Map<string, Lane>();
  for (const one of review.violations) {
    const kind = one.reviewed_kind ?? one.kind;
    const lane = kinds.get(kind) ?? { name: kind, kind: "violation", marks: [] };
    kinds.set(kind, lane);
    lane.marks.push({
      id: `v${one.id}`,
      from: Date.parse(one.started_at),
      to: one.ended_at ? Date.parse(one.ended_at) : scale.to,
      violationId: one.id,
      tone: one.counts ? one.severity : "dismissed",
      label: kind,
    });
  }
  return [
    ...[...kinds.values()].toSorted((a, b) => (a.marks[0]?.from ?? 0) - (b.marks[0]?.from ?? 0)),
    moments("events", review.events.map(({ seq, at, kind }) => ({ id: `e${seq}`, at, label: kind })), "event"),
    moments(
      "answers",
      review.answers.map(({ at, position, question_id }, index) => ({
        id: `a${index}`,
        at,
        label: String(position ?? question_id ?? ""),
      })),
      "answer",
    ),
    moments(
      "people",
      review.messages.map(({ id, at, text }) => ({ id: `m${id}`, at, label: text })),
      "said",
    ),
    {
      name: "outages",
      kind: "unobserved" as const,
      marks: review.outages.map(({ started_at, ended_at, cause }) => ({
        id: `o${started_at}`,
        from: Date.parse(started_at),
        to: ended_at ? Date.parse(ended_at) : scale.to,
        violationId: null,
        tone: "neutral" as const,
        label: cause,
      })),
    },
    {
      name: "unobserved",
      kind: "unobserved" as const,
      marks: review.unobserved.map(({ from, to, states }) => ({
        id: `u${from}`,
        from: Date.parse(from),
        to: Date.parse(to),
        violationId: null,
        tone: "neutral" as const,
        label: states.join(" "),
      })),
    },
  ].filter((lane) => lane.marks.length > 0);
}

function moments(name: "events" | "answers" | "people", rows: { id: string; at: string; label: string }[], tone: Tone): Lane {
  return {
    name,
    kind: name,
    marks: rows.map(({ id, at, label }) => ({ id, from: Date.parse(at), to: Date.parse(at), violationId: null, tone, label })),
  };
}

/** Where a moment lies, in per cent of the width. */
export function placeOf(at: number, { from, to }: Scale): number {
  return Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
}

export type Still = { id: number; at: number; url: string; violationId: number };

/** Every picture that was kept, in order of time. */
export function stillsOf(review: Review): Still[] {
  return review.violations
    .flatMap((one) =>
      (one.evidence ?? []).map(({ id, captured_at, url }) => ({ id, url, at: Date.parse(captured_at), violationId: one.id })),
    )
    .toSorted((a, b) => a.at - b.at || a.id - b.id);
}

/** A picture stands for the moments around it; further away there is nothing to show. */
export const STILL_MS = 20_000;

/** The picture closest to a moment; null where none is near enough. */
export function stillAt(stills: readonly Still[], at: number): Still | null {
  let best: Still | null = null;
  for (const still of stills) if (!best || Math.abs(still.at - at) < Math.abs(best.at - at)) best = still;
  return best && Math.abs(best.at - at) <= STILL_MS ? best : null;
}

type Heard = Review["sound"][number];
export type SoundBar = { from: number; to: number; level: number; speech: number };

/** More bars than this cannot be told apart on any screen. */
const MOST_BARS = 360;

/** What was heard as at most `MOST_BARS` bars (ms); neighbours are shown as the loudest of them. */
export function soundBars(sound: readonly Heard[], scale: Scale): SoundBar[] {
  const together = Math.ceil(sound.length / MOST_BARS);
  const bars: SoundBar[] = [];
  for (let at = 0; at < sound.length; at += together) {
    const some = sound.slice(at, at + together);
    bars.push({
      from: scale.from + (some[0]?.from ?? 0) * 1000,
      to: scale.from + (some.at(-1)?.to ?? 0) * 1000,
      level: Math.max(...some.map((one) => one.level)),
      speech: Math.max(...some.map((one) => one.speech)),
    });
  }
  return bars;
}

/** Seconds of the sitting in which somebody spoke, one stretch for what follows without a gap. */
export function speechStretches(sound: readonly Heard[]): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (const one of sound) {
    if (one.speech <= 0) continue;
    const last = stretches.at(-1);
    if (last && last.to >= one.from) last.to = one.to;
    else stretches.push({ from: one.from, to: one.to });
  }
  return stretches;
}

/** What was heard at a second of the sitting; null where nothing was. */
export function soundAt(sound: readonly Heard[], second: number): Heard | null {
  return sound.find((one) => one.from <= second && second < one.to) ?? null;
}
