// How a question is answered: the same for the student in the exam and for the teacher's preview.
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import type { LoadPicture } from "../RichText";
import { FillIn, Matching, Ordering } from "./ArrangeInputs";
import { Choices, TrueFalse } from "./ChoiceInputs";
import { FileAnswer, type UploadFile } from "./FileAnswer";
import type { AnswerValue, Question, Shown } from "./question";
import "./questions.css";

const CodeInput = lazy(() => import("./CodeInput"));

export type InputProps = {
  question: Question;
  value: AnswerValue;
  onChange: (value: AnswerValue) => void;
  shown: Shown;
  disabled?: boolean;
  /** Of the element that holds the question's text. */
  labelledBy: string;
  loadPicture?: LoadPicture;
  uploadFile?: UploadFile;
};

export function QuestionInput(props: InputProps) {
  switch (props.question.type) {
    case "single_choice":
    case "multiple_choice":
      return <Choices {...props} />;
    case "true_false":
      return <TrueFalse {...props} />;
    case "short_text":
    case "number":
      return <Line {...props} />;
    case "essay":
      return <Essay {...props} />;
    case "fill_in":
      return <FillIn {...props} />;
    case "matching":
      return <Matching {...props} />;
    case "ordering":
      return <Ordering {...props} />;
    case "code":
      return (
        <Suspense fallback={<PlainCode {...props} />}>
          <CodeInput {...props} />
        </Suspense>
      );
    case "file_upload":
      return <FileAnswer {...props} />;
  }
}

const asText = (value: AnswerValue) => (typeof value === "string" ? value : "");

function Line({ question, value, onChange, disabled, labelledBy }: InputProps) {
  const isNumber = question.type === "number";
  return (
    <div className="qi-line">
      <input
        type="text"
        inputMode={isNumber ? "decimal" : "text"}
        className={isNumber ? "qi-text qi-number" : "qi-text"}
        aria-labelledby={labelledBy}
        autoComplete="off"
        maxLength={question.body.max_length ?? 2000}
        value={asText(value)}
        disabled={disabled}
        onChange={({ target }) => onChange(target.value === "" ? null : target.value)}
      />
      {isNumber && question.body.unit ? <span>{question.body.unit}</span> : null}
    </div>
  );
}

function Essay({ question, value, onChange, disabled, labelledBy }: InputProps) {
  const { t } = useTranslation("answering");
  const format = useFormats();
  const text = asText(value);
  const words = text.split(/\s+/).filter(Boolean).length;
  const most = question.body.max_words;
  return (
    <>
      <textarea
        className="qi-text"
        rows={10}
        aria-labelledby={labelledBy}
        aria-describedby={`${labelledBy}-count`}
        maxLength={60_000}
        value={text}
        disabled={disabled}
        onChange={({ target }) => onChange(target.value === "" ? null : target.value)}
      />
      <p id={`${labelledBy}-count`} className={most && words > most ? "qi-note qi-over" : "qi-note"}>
        {most
          ? t("answering:wordsOf", { n: format.number(words), most: format.number(most) })
          : t("answering:words", { n: format.number(words) })}
      </p>
    </>
  );
}

/** While the editor is on its way: nobody waits to type. */
function PlainCode({ question, value, onChange, disabled, labelledBy }: InputProps) {
  return (
    <textarea
      className="qi-text qi-code"
      rows={12}
      spellCheck={false}
      aria-labelledby={labelledBy}
      value={value === null ? (question.body.starter ?? "") : asText(value)}
      disabled={disabled}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
