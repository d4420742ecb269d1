// Gaps to fill, things to match, things to put in order: all by keyboard, none needs dragging.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { ChoiceText } from "./ChoiceInputs";
import { type AnswerValue, plainWords } from "./question";
import type { InputProps } from "./QuestionInput";

function asWords(value: AnswerValue): { [key: string]: string } {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function changed(value: AnswerValue, key: string, word: string): AnswerValue {
  const next = { ...asWords(value), [key]: word };
  if (word === "") delete next[key];
  return Object.keys(next).length > 0 ? next : null;
}

export function FillIn({ question, value, onChange, disabled, labelledBy }: InputProps) {
  const { t } = useTranslation("answering");
  const format = useFormats();
  const filled = asWords(value);
  return (
    <div role="group" aria-labelledby={labelledBy} className="qi-rows">
      {(question.body.blanks ?? []).map(({ id, options }, index) => {
        const label = t("answering:blank", { n: format.number(index + 1) });
        const change = (word: string) => onChange(changed(value, id, word));
        return (
          <label key={id} className="qi-row">
            <span>{label}</span>
            {options?.length ? (
              <select className="qi-text" value={filled[id] ?? ""} disabled={disabled} onChange={(e) => change(e.target.value)}>
                <option value="">{t("answering:choose")}</option>
                {options.map((option) => (
                  <option key={option}>{option}</option>
                ))}
              </select>
            ) : (
              <input
                type="text"
                className="qi-text"
                autoComplete="off"
                value={filled[id] ?? ""}
                disabled={disabled}
                onChange={(e) => change(e.target.value)}
              />
            )}
          </label>
        );
      })}
    </div>
  );
}

export function Matching({ question, value, onChange, shown, disabled, labelledBy, loadPicture }: InputProps) {
  const { t } = useTranslation("answering");
  const pairs = asWords(value);
  return (
    <div role="group" aria-labelledby={labelledBy} className="qi-rows">
      {(question.body.items ?? []).map((item) => (
        <label key={item.id} className="qi-row">
          <ChoiceText choice={item} shown={shown} {...(loadPicture ? { loadPicture } : {})} />
          <select
            className="qi-text"
            aria-label={t("answering:matches", { item: plainWords(item.text, shown) })}
            value={pairs[item.id] ?? ""}
            disabled={disabled}
            onChange={(e) => onChange(changed(value, item.id, e.target.value))}
          >
            <option value="">{t("answering:choose")}</option>
            {(question.body.targets ?? []).map((target) => (
              <option key={target.id} value={target.id}>
                {plainWords(target.text, shown)}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}

export function Ordering({ question, value, onChange, shown, disabled, labelledBy, loadPicture }: InputProps) {
  const { t } = useTranslation("answering");
  const format = useFormats();
  const [said, setSaid] = useState("");
  const items = question.body.items ?? [];
  const given = Array.isArray(value) ? (value as string[]) : [];
  const order = [...given.filter((id) => items.some((item) => item.id === id)), ...items.map(({ id }) => id).filter((id) => !given.includes(id))];
  const move = (from: number, by: number) => {
    const to = from + by;
    if (to < 0 || to >= order.length) return;
    const next = [...order];
    const [id] = next.splice(from, 1);
    if (!id) return;
    next.splice(to, 0, id);
    onChange(next);
    const words = plainWords(items.find((item) => item.id === id)?.text ?? {}, shown);
    setSaid(t("answering:moved", { item: words, n: format.number(to + 1), all: format.number(order.length) }));
  };
  return (
    <div role="group" aria-labelledby={labelledBy}>
      <ol className="qi-order">
        {order.map((id, index) => {
          const item = items.find((one) => one.id === id);
          if (!item) return null;
          const words = plainWords(item.text, shown);
          return (
            <li key={id}>
              <ChoiceText choice={item} shown={shown} {...(loadPicture ? { loadPicture } : {})} />
              <span className="qi-moves">
                <button
                  type="button"
                  className="qi-small"
                  aria-label={t("answering:up", { item: words })}
                  disabled={disabled || index === 0}
                  onClick={() => move(index, -1)}
                >
                  <span aria-hidden>↑</span>
                </button>
                <button
                  type="button"
                  className="qi-small"
                  aria-label={t("answering:down", { item: words })}
                  disabled={disabled || index === order.length - 1}
                  onClick={() => move(index, 1)}
                >
                  <span aria-hidden>↓</span>
                </button>
              </span>
            </li>
          );
        })}
      </ol>
      {given.length === 0 ? (
        <button type="button" className="qi-small" disabled={disabled} onClick={() => onChange(order)}>
          {t("answering:keepOrder")}
        </button>
      ) : null}
      <p className="visually-hidden" aria-live="polite">
        {said}
      </p>
    </div>
  );
}
