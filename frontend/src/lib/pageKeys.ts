// Which keys work on the page that is open, and whether single letters work at all (WCAG 2.1.4: they can be switched off).
import { useEffect, useSyncExternalStore } from "react";

export type KeyRow = { keys: string; text: string };
export type KeyGroup = { title: string; rows: readonly KeyRow[] };

const SWITCH = "proctor.keys.single";
const groups = new Set<KeyGroup>();
const listeners = new Set<() => void>();
let shown: readonly KeyGroup[] = [];
let opened = false;

function tell(): void {
  shown = [...groups];
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The sheet shows these while the component is there; `group` should stay the same object while it says the same. */
export function useKeysOffered(group: KeyGroup): void {
  useEffect(() => {
    groups.add(group);
    tell();
    return () => {
      groups.delete(group);
      tell();
    };
  }, [group]);
}

export function useOfferedKeys(): readonly KeyGroup[] {
  return useSyncExternalStore(subscribe, () => shown);
}

export function showKeySheet(open: boolean): void {
  opened = open;
  tell();
}

export function useKeySheetShown(): boolean {
  return useSyncExternalStore(subscribe, () => opened);
}

export function singleKeysWork(): boolean {
  return localStorage.getItem(SWITCH) !== "off";
}

export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(subscribe, singleKeysWork);
  return [
    on,
    (wanted) => {
      localStorage.setItem(SWITCH, wanted ? "on" : "off");
      tell();
    },
  ];
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select, [role=textbox], [role=slider], [role=combobox]");
}

/** Whether a press of a single key is meant for the page: nobody types, no dialog is open, and such keys are on. */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return false;
  return singleKeysWork() && !document.querySelector("[role=dialog]");
}
