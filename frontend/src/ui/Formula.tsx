// A formula by KaTeX, which is loaded with the first one; until then, and where it cannot be read, its source.
import { useEffect, useRef, useState } from "react";

type Katex = typeof import("katex").default;
let loading: Promise<Katex> | null = null;

function loadKatex(): Promise<Katex> {
  loading ??= Promise.all([import("katex"), import("katex/dist/katex.min.css")]).then(([{ default: katex }]) => katex);
  // A chunk that did not arrive is asked for again with the next formula.
  loading.catch(() => {
    loading = null;
  });
  return loading;
}

export function Formula({ tex, display }: { tex: string; display: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let left = false;
    loadKatex().then(
      (katex) => {
        if (left || !place.current) return;
        try {
          // It builds elements, no HTML text: nothing in a formula can become anything else on the page.
          katex.render(tex, place.current, { displayMode: display, maxSize: 20, maxExpand: 200, trust: false, strict: false });
        } catch {
          place.current.textContent = tex;
          setFailed(true);
        }
      },
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [tex, display]);
  return (
    <span ref={place} data-failed={failed || undefined} lang="en" dir="ltr">
      {tex}
    </span>
  );
}
