// A field for code: what is typed lies, invisible, over a copy of itself, which gets its colours when those have come.
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Token } from "./highlight";
import type { InputProps } from "./questionProps";

type Highlight = (code: string, language: string) => Token[];
const uncoloured: Highlight = (text) => [{ kind: "plain", text }];

/** Nobody waits for colours to type: the field is there at once and stays the same. */
function useHighlight(): Highlight {
  const [highlight, setHighlight] = useState<Highlight>(() => uncoloured);
  useEffect(() => {
    void import("./highlight").then((loaded) => setHighlight(() => loaded.highlight), () => undefined);
  }, []);
  return highlight;
}

export function CodeInput({ question, value, onChange, disabled, labelledBy }: InputProps) {
  const { t } = useTranslation();
  const copy = useRef<HTMLPreElement>(null);
  const leaving = useRef(false);
  const highlight = useHighlight();
  const text = typeof value === "string" ? value : (question.body.starter ?? "");
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Escape") {
      leaving.current = true;
      return;
    }
    if (event.key !== "Tab" || event.shiftKey || leaving.current) {
      if (event.key !== "Shift") leaving.current = false;
      return;
    }
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget;
    event.currentTarget.setRangeText("    ", selectionStart, selectionEnd, "end");
    onChange(event.currentTarget.value || null);
  };
  return (
    <div className="qi-editor">
      <pre ref={copy} aria-hidden className="qi-copy">
        {highlight(text, question.body.language ?? "").map(({ kind, text: part }, index) => (
          // Parts of a text have no other name than their place.
          // oxlint-disable-next-line react/no-array-index-key
          <span key={index} className={`qi-${kind}`}>
            {part}
          </span>
        ))}
        {"\n"}
      </pre>
      <textarea
        className="qi-text qi-code"
        rows={12}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        aria-labelledby={labelledBy}
        aria-describedby={`${labelledBy}-keys`}
        value={text}
        disabled={disabled}
        onKeyDown={onKey}
        onScroll={({ currentTarget }) => {
          copy.current?.scrollTo(currentTarget.scrollLeft, currentTarget.scrollTop);
        }}
        maxLength={60_000}
        onChange={({ target }) => onChange(target.value || null)}
      />
      <p id={`${labelledBy}-keys`} className="qi-note">
        {t("question:codeKeys")}
      </p>
    </div>
  );
}
