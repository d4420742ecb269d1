// One question with the place for its answer: in the exam room, in practice, and in the teacher's preview.
import type { ReactNode } from "react";
import { RichText } from "../RichText";
import { ChoiceInput } from "./ChoiceInput";
import { FilesInput } from "./FilesInput";
import { MatchingInput, OrderingInput } from "./PlacingInput";
import classes from "./Question.module.css";
import type { InputProps, QuestionViewProps } from "./questionProps";
import { wordsIn } from "./questionTypes";
import { BlankInput, LineInput, LongInput } from "./WritingInput";

export function QuestionView(props: QuestionViewProps) {
  const { question, language } = props;
  const { text, lang } = wordsIn(question.text, language);
  const textId = `question-${question.id}-text`;
  const renderBlank = question.type === "fill_in" ? (id: string) => <BlankInput {...props} id={id} /> : undefined;
  return (
    <div className={classes.question}>
      <div id={textId} className={classes.text}>
        <RichText
          text={text}
          lang={lang}
          {...(props.loadPicture ? { loadPicture: props.loadPicture } : {})}
          {...(renderBlank ? { renderBlank } : {})}
        />
      </div>
      {inputOf(props, textId)}
    </div>
  );
}

function inputOf(props: QuestionViewProps, labelledBy: string): ReactNode {
  const input: InputProps = { ...props, labelledBy };
  switch (props.question.type) {
    case "single_choice":
    case "multiple_choice":
    case "true_false":
      return <ChoiceInput {...input} />;
    case "short_text":
    case "number":
      return <LineInput {...input} />;
    case "essay":
    case "code":
      return <LongInput {...input} />;
    case "matching":
      return <MatchingInput {...input} />;
    case "ordering":
      return <OrderingInput {...input} />;
    case "file_upload":
      return <FilesInput {...input} />;
    default:
      // A fill-in question is answered inside its text.
      return null;
  }
}
