// A field for code: what is typed lies, invisible, over a coloured copy of itself. Loaded with the first such question.
import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { highlight } from "./highlight";
import type { InputProps } from "./questionProps";

export default function CodeInput({ question, value, onChange, disabled, labelledBy }: InputProps) {
  const { t } = useTranslation();
  const copy = useRef<HTMLPreElement>(null);
  const leaving = useRef(false);
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
