// A calculator, where the exam allows one: type or press, Enter reckons.
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { calculate } from "../engine/calculate";
import { Dialog } from "./basics";

const KEYS = ["7", "8", "9", "÷", "(", "4", "5", "6", "×", ")", "1", "2", "3", "−", "^", "0", ".", "%", "+", "√"];

export function Calculator({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [text, setText] = useState("");
  const [value, setValue] = useState<number | null | undefined>(undefined);
  const reckon = (event: FormEvent) => {
    event.preventDefault();
    setValue(calculate(text));
  };
  return (
    <Dialog title={t("room.calculator")} onClose={onClose}>
      <form onSubmit={reckon} className="stack">
        <label className="field">
          {t("room.calculation")}
          <input autoComplete="off" value={text} onChange={({ target }) => setText(target.value)} />
        </label>
        <p className="calculator-value" role="status">
          {value === undefined ? "" : value === null ? t("room.notReckoned") : `= ${format.number(value, 10)}`}
        </p>
        <div className="calculator-keys">
          {KEYS.map((key) => (
            <button key={key} type="button" className="button quiet" onClick={() => setText((known) => known + (/\d/.test(key) ? format.number(Number(key)) : key))}>
              {/\d/.test(key) ? format.number(Number(key)) : key}
            </button>
          ))}
        </div>
        <div className="row">
          <button type="submit" className="button">
            =
          </button>
          <button
            type="button"
            className="button quiet"
            onClick={() => {
              setText("");
              setValue(undefined);
            }}
          >
            {t("room.calculatorClear")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
