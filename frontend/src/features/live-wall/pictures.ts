// The latest picture of every student, and when pictures came while this page was open.
import type { Source, Thumbnail } from "./messages";

/** A longer pause between two pictures is a gap on the timeline. */
export const GAP_MS = 10_000;

export type Span = { from: number; to: number };
export type Picture = { url: string; at: number };

/** Adds a moment to spans that are in order of time; joins it to the last one when the pause was short. */
export function extendSpans(spans: readonly Span[], at: number): Span[] {
  const last = spans.at(-1);
  if (!last || at - last.to > GAP_MS) return [...spans, { from: at, to: at }];
  return [...spans.slice(0, -1), { from: last.from, to: Math.max(last.to, at) }];
}

export type Pictures = {
  add: (thumbnail: Thumbnail, at: number) => void;
  latest: (sittingId: number, source?: Source) => Picture | null;
  seen: (sittingId: number) => readonly Span[];
  subscribe: (sittingId: number, listener: () => void) => () => void;
  dispose: () => void;
};

const NONE: readonly Span[] = [];

function keyOf(sittingId: number, source: Source): string {
  return `${sittingId}/${source}`;
}

// Kept outside React's state: a hundred students send fifty pictures a second, and each concerns one tile only.
export function makePictures(): Pictures {
  const pictures = new Map<string, Picture>();
  const seen = new Map<number, readonly Span[]>();
  const listeners = new Map<number, Set<() => void>>();
  return {
    add: ({ sittingId, source, jpeg }, at) => {
      const key = keyOf(sittingId, source);
      const old = pictures.get(key);
      pictures.set(key, { url: URL.createObjectURL(jpeg), at });
      if (source === "camera") seen.set(sittingId, extendSpans(seen.get(sittingId) ?? NONE, at));
      if (old) URL.revokeObjectURL(old.url);
      for (const listener of listeners.get(sittingId) ?? []) listener();
    },
    latest: (sittingId, source = "camera") => pictures.get(keyOf(sittingId, source)) ?? null,
    seen: (sittingId) => seen.get(sittingId) ?? NONE,
    subscribe: (sittingId, listener) => {
      const some = listeners.get(sittingId) ?? new Set();
      listeners.set(sittingId, some.add(listener));
      return () => some.delete(listener);
    },
    dispose: () => {
      for (const { url } of pictures.values()) URL.revokeObjectURL(url);
      pictures.clear();
      seen.clear();
    },
  };
}
