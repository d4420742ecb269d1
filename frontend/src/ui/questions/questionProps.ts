// What a question's parts are given.
import type { LoadPicture } from "../RichText";
import type { Shown } from "./question";
import type { AnswerValue, PaperQuestion } from "./questionTypes";

/** Stores a file and gives its number. Throws a Problem. */
export type Upload = (file: File) => Promise<{ id: number; name: string }>;

export type QuestionViewProps = {
  question: PaperQuestion;
  value: AnswerValue;
  onChange: (value: AnswerValue) => void;
  /** One language, or both where the question has both. */
  language: Shown;
  disabled?: boolean;
  loadPicture?: LoadPicture;
  onUpload?: Upload;
};

export type InputProps = QuestionViewProps & { labelledBy: string };
