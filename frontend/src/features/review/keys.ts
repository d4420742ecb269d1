// The reviewer's keys; they do nothing while somebody types or a dialog is open (WCAG 2.1.4).
import { useEffect, useRef } from "react";

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
  "?": "help",
} as const;

export type KeyAction = (typeof KEYS)[keyof typeof KEYS];

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select, [role=textbox], [role=slider], [role=combobox]");
}

/** The action of a key press, or null where it belongs to somebody else. */
export function actionOf(event: KeyboardEvent): KeyAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return null;
  if (document.querySelector("[role=dialog]")) return null;
  const action = KEYS[(event.key.length === 1 ? event.key.toLowerCase() : event.key) as keyof typeof KEYS] ?? null;
  // The space bar presses the button that has the focus; only elsewhere does it play.
  if (action === "play" && event.target instanceof HTMLElement && event.target.matches("button, a, summary")) return null;
  return action;
}

export function useReviewKeys(onAction: (action: KeyAction) => void): void {
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
