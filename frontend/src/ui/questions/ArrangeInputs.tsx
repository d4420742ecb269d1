// Gaps to fill, things to match, things to put in order: all by keyboard, none needs dragging.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { ChoiceText } from "./ChoiceInputs";
import { type AnswerValue, plainWords } from "./question";
import type { InputProps, QuestionViewProps } from "./questionProps";
import { moved, orderOf } from "./questionTypes";

function asWords(value: AnswerValue): { [key: string]: string } {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function changed(value: AnswerValue, key: string, word: string): AnswerValue {
  const next = { ...asWords(value), [key]: word };
  if (word === "") delete next[key];
  return Object.keys(next).length > 0 ? next : null;
}

/** One gap, in its place within the text. */
export function BlankInput({ question, value, onChange, disabled, id }: QuestionViewProps & { id: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const blanks = question.body.blanks ?? [];
  const at = blanks.findIndex((blank) => blank.id === id);
  const options = blanks[at]?.options;
  const given = {
    className: "qi-text qi-blank",
    "aria-label": t("question:blank", { n: format.number(at + 1) }),
    value: asWords(value)[id] ?? "",
    disabled,
    onChange: ({ target }: { target: { value: string } }) => onChange(changed(value, id, target.value)),
  };
  if (!options?.length) return <input type="text" autoComplete="off" spellCheck={false} maxLength={2000} {...given} />;
  return (
    <select {...given}>
      <option value="">{t("question:choose")}</option>
      {options.map((option) => (
        <option key={option}>{option}</option>
      ))}
    </select>
  );
}

export function Matching({ question, value, onChange, language, disabled, labelledBy, loadPicture }: InputProps) {
  const { t } = useTranslation();
  const pairs = asWords(value);
  return (
    <div role="group" aria-labelledby={labelledBy} className="qi-rows">
      {(question.body.items ?? []).map((item) => (
        <label key={item.id} className="qi-row">
          <ChoiceText choice={item} shown={language} {...(loadPicture ? { loadPicture } : {})} />
          <select
            className="qi-text"
            aria-label={t("question:matchTo", { item: plainWords(item.text, language) })}
            value={pairs[item.id] ?? ""}
            disabled={disabled}
            onChange={(e) => onChange(changed(value, item.id, e.target.value))}
          >
            <option value="">{t("question:choose")}</option>
            {(question.body.targets ?? []).map((target) => (
              <option key={target.id} value={target.id}>
                {plainWords(target.text, language)}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}

export function Ordering({ question, value, onChange, language, disabled, labelledBy, loadPicture }: InputProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const [said, setSaid] = useState("");
  const items = orderOf(question.body.items ?? [], value);
  const move = (from: number, to: number) => {
    onChange(moved(items, from, to).map(({ id }) => id));
    const words = plainWords(items[from]?.text ?? {}, language);
    setSaid(t("question:moved", { item: words, n: format.number(to + 1), all: format.number(items.length) }));
  };
  return (
    <div role="group" aria-labelledby={labelledBy}>
      <ol className="qi-order">
        {items.map((item, index) => {
          const words = plainWords(item.text, language);
          return (
            <li key={item.id}>
              <ChoiceText choice={item} shown={language} {...(loadPicture ? { loadPicture } : {})} />
              <span className="qi-moves">
                <button
                  type="button"
                  className="qi-small"
                  aria-label={t("question:up", { item: words })}
                  disabled={disabled || index === 0}
                  onClick={() => move(index, index - 1)}
                >
                  <span aria-hidden>↑</span>
                </button>
                <button
                  type="button"
                  className="qi-small"
                  aria-label={t("question:down", { item: words })}
                  disabled={disabled || index === items.length - 1}
                  onClick={() => move(index, index + 1)}
                >
                  <span aria-hidden>↓</span>
                </button>
              </span>
            </li>
          );
        })}
      </ol>
      {value === null ? (
        <button type="button" className="qi-small" disabled={disabled} onClick={() => onChange(items.map(({ id }) => id))}>
          {t("question:keepOrder")}
        </button>
      ) : null}
      <p className="visually-hidden" aria-live="polite">
        {said}
      </p>
    </div>
  );
}
