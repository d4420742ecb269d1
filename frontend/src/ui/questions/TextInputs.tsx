// Answers that are typed: a line, a number, an essay, code. What is typed is kept as typed.
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import type { AnswerValue } from "./questionTypes";
import { countWords } from "./questionTypes";
import type { InputProps } from "./questionProps";

const LONGEST = 60_000;
const asText = (value: AnswerValue) => (typeof value === "string" ? value : "");

export function Line({ question, value, onChange, disabled, labelledBy }: InputProps) {
  const isNumber = question.type === "number";
  return (
    <div className="qi-line">
      <input
        type="text"
        inputMode={isNumber ? "decimal" : "text"}
        className={isNumber ? "qi-text qi-number" : "qi-text"}
        aria-labelledby={labelledBy}
        autoComplete="off"
        spellCheck={false}
        maxLength={question.body.max_length ?? 2000}
        value={asText(value)}
        disabled={disabled}
        onChange={({ target }) => onChange(target.value || null)}
      />
      {isNumber && question.body.unit ? <span>{question.body.unit}</span> : null}
    </div>
  );
}

export function Essay({ question, value, onChange, disabled, labelledBy }: InputProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const words = countWords(asText(value));
  const most = question.body.max_words;
  return (
    <div>
      <textarea
        className="qi-text"
        rows={10}
        aria-labelledby={labelledBy}
        aria-describedby={`${labelledBy}-count`}
        maxLength={LONGEST}
        value={asText(value)}
        disabled={disabled}
        onChange={({ target }) => onChange(target.value || null)}
      />
      <p id={`${labelledBy}-count`} className={most && words > most ? "qi-note qi-over" : "qi-note"}>
        {most
          ? t("question:wordsOf", { n: format.number(words), all: format.number(most) })
          : t("question:words", { count: words, n: format.number(words) })}
      </p>
    </div>
  );
}
