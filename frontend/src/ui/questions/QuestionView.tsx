// One question with the place for its answer: in the exam room, in practice, and in the teacher's preview.
// Plain elements only: the student's application carries no component library.
import type { ReactNode } from "react";
import { RichText } from "../RichText";
import { BlankInput, Matching, Ordering } from "./ArrangeInputs";
import { Choices, TrueFalse } from "./ChoiceInputs";
import { CodeInput } from "./CodeInput";
import { FileAnswer } from "./FileAnswer";
import type { InputProps, QuestionViewProps } from "./questionProps";
import { shownWords } from "./question";
import { Essay, Line } from "./TextInputs";
import "./questions.css";

export function QuestionView(props: QuestionViewProps) {
  const { question, language } = props;
  const textId = `question-${question.id}-text`;
  const renderBlank = question.type === "fill_in" ? (id: string) => <BlankInput {...props} id={id} /> : undefined;
  return (
    <div className="qi-question">
      <div id={textId} className="qi-asked">
        {shownWords(question.text, language).map(({ text, lang }) => (
          <RichText
            key={lang}
            text={text}
            lang={lang}
            {...(props.loadPicture ? { loadPicture: props.loadPicture } : {})}
            {...(renderBlank ? { renderBlank } : {})}
          />
        ))}
      </div>
      {inputOf({ ...props, labelledBy: textId })}
    </div>
  );
}

function inputOf(props: InputProps): ReactNode {
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
    case "code":
      return <CodeInput {...props} />;
    case "matching":
      return <Matching {...props} />;
    case "ordering":
      return <Ordering {...props} />;
    case "file_upload":
      return <FileAnswer {...props} />;
    default:
      // A fill-in question is answered inside its text.
      return null;
  }
}
