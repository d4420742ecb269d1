// The few addresses of the student's application, all below /room.
import { type AnchorHTMLAttributes, useSyncExternalStore } from "react";

export type Place =
  | { at: "list" }
  | { at: "practice" }
  | { at: "exam"; id: number }
  | { at: "sitting"; id: number }
  | { at: "after"; id: number }
  | { at: "nowhere" };

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

export function placeOf(path: string): Place {
  const parts = path.split("/").filter(Boolean);
  const id = Number(parts[2]);
  const numbered = Number.isSafeInteger(id) && id > 0;
  if (parts[0] !== "room") return { at: "nowhere" };
  if (parts.length === 1) return { at: "list" };
  if (parts[1] === "practice" && parts.length === 2) return { at: "practice" };
  if (parts[1] === "exams" && numbered && parts.length === 3) return { at: "exam", id };
  if (parts[1] === "sittings" && numbered && parts.length === 3) return { at: "sitting", id };
  if (parts[1] === "sittings" && numbered && parts[3] === "after") return { at: "after", id };
  return { at: "nowhere" };
}

export function usePlace(): Place {
  return placeOf(useSyncExternalStore(subscribe, () => window.location.pathname));
}

export function go(path: string, how: "push" | "replace" = "push"): void {
  window.history[how === "push" ? "pushState" : "replaceState"](null, "", path);
  window.scrollTo(0, 0);
  for (const listener of listeners) listener();
}

export function Link({ href, children, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(href);
      }}
    >
      {children}
    </a>
  );
}
