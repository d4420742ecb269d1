// The reviewer's keys; they do nothing while somebody types or a dialog is open (WCAG 2.1.4).
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { isForPage, useKeysOffered } from "@/lib/pageKeys";

export const KEYS = {
  j: "next",
  k: "previous",
  c: "confirm",
  d: "dismiss",
  u: "unsure",
  n: "note",
  " ": "play",
  ArrowLeft: "back",
  ArrowRight: "forward",
  "[": "slower",
  "]": "faster",
  z: "undo",
  g: "decide",
  ".": "sitting",
} as const;

export type KeyAction = (typeof KEYS)[keyof typeof KEYS];

/** The action of a key press, or null where it belongs to somebody else. */
export function actionOf(event: KeyboardEvent): KeyAction | null {
  if (!isForPage(event)) return null;
  const action = KEYS[(event.key.length === 1 ? event.key.toLowerCase() : event.key) as keyof typeof KEYS] ?? null;
  // The space bar presses the button that has the focus; only elsewhere does it play.
  if (action === "play" && event.target instanceof HTMLElement && event.target.matches("button, a, summary")) return null;
  return action;
}

const SHOWN: Record<string, string> = { " ": "Space", ArrowLeft: "←", ArrowRight: "→" };

export function useReviewKeys(onAction: (action: KeyAction) => void): void {
  const { t } = useTranslation();
  const offered = useMemo(
    () => ({
      title: t("review:keys.title"),
      rows: Object.entries(KEYS).map(([key, action]) => ({ keys: SHOWN[key] ?? key.toUpperCase(), text: t(`review:keys.${action}`) })),
    }),
    [t],
  );
  useKeysOffered(offered);
  const latest = useRef(onAction);
  useEffect(() => {
    latest.current = onAction;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      latest.current(action);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
