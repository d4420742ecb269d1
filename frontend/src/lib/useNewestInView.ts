// A list that grows at its end shows its end: when it opens and whenever something is added.
import { type RefObject, useEffect, useRef } from "react";

export function useNewestInView<Kind extends HTMLElement>(count: number): RefObject<Kind | null> {
  const list = useRef<Kind>(null);
  useEffect(() => {
    if (count > 0) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [count]);
  return list;
}
