// One of several, several of several, true or false: the browser's own radio buttons and boxes.
import { useTranslation } from "react-i18next";
import { RichText } from "../RichText";
import { type Choice, plainWords, type Shown, shownWords } from "./question";
import type { InputProps } from "./questionProps";

export function Choices({ question, value, onChange, language, disabled, labelledBy, loadPicture }: InputProps) {
  const single = question.type === "single_choice";
  const chosen = single ? [value] : Array.isArray(value) ? (value as string[]) : [];
  const choose = (id: string) => {
    if (single) return onChange(id);
    const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
    return onChange(next.length > 0 ? (next as string[]) : null);
  };
  return (
    <div role={single ? "radiogroup" : "group"} aria-labelledby={labelledBy} className="qi-choices">
      {(question.body.options ?? []).map((option) => (
        <label key={option.id} className="qi-choice">
          <input
            type={single ? "radio" : "checkbox"}
            name={`question-${question.id}`}
            {...formulaName(option, language)}
            checked={chosen.includes(option.id)}
            disabled={disabled}
            onChange={() => choose(option.id)}
          />
          <ChoiceText choice={option} shown={language} {...(loadPicture ? { loadPicture } : {})} />
        </label>
      ))}
      {single ? <Clear disabled={disabled === true || value === null} onClear={() => onChange(null)} /> : null}
    </div>
  );
}

/** A formula alone gives a label no words: the field is then called by its source, the formula beside it stays readable. */
function formulaName({ text }: Choice, shown: Shown): { "aria-label"?: string } {
  const words = plainWords(text, shown);
  return words.includes("$") ? { "aria-label": words.replaceAll("$", "") } : {};
}

export function ChoiceText({ choice, shown, loadPicture }: { choice: Choice; shown: Shown } & Pick<InputProps, "loadPicture">) {
  return (
    <span className="qi-words">
      {shownWords(choice.text, shown).map(({ lang, text }) => (
        <RichText key={lang} lang={lang} text={text} {...(loadPicture ? { loadPicture } : {})} />
      ))}
    </span>
  );
}

export function TrueFalse({ question, value, onChange, disabled, labelledBy }: InputProps) {
  const { t } = useTranslation();
  return (
    <div role="radiogroup" aria-labelledby={labelledBy} className="qi-choices">
      {[true, false].map((one) => (
        <label key={String(one)} className="qi-choice">
          <input
            type="radio"
            name={`question-${question.id}`}
            checked={value === one}
            disabled={disabled}
            onChange={() => onChange(one)}
          />
          <span className="qi-words">{one ? t("question:true") : t("question:false")}</span>
        </label>
      ))}
      <Clear disabled={disabled === true || value === null} onClear={() => onChange(null)} />
    </div>
  );
}

/** A radio button cannot be unchosen; with negative marks, leaving a question open must be possible. */
function Clear({ disabled, onClear }: { disabled: boolean; onClear: () => void }) {
  const { t } = useTranslation();
  return (
    <button type="button" className="qi-small" disabled={disabled} onClick={onClear}>
      {t("question:clear")}
    </button>
  );
}
