// Answers that are typed: a line, a number, a gap in the text, an essay, code. What is typed is kept as typed.
import { NativeSelect, Text, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import classes from "./Question.module.css";
import type { InputProps, QuestionViewProps } from "./questionProps";
import { countWords } from "./questionTypes";

const LONGEST = 60_000;

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function LineInput({ question, value, onChange, disabled = false, labelledBy }: InputProps) {
  const { t } = useTranslation();
  const isNumber = question.type === "number";
  return (
    <TextInput
      aria-labelledby={labelledBy}
      placeholder={t(isNumber ? "question:number" : "question:answer")}
      inputMode={isNumber ? "decimal" : "text"}
      maw={isNumber ? 260 : 560}
      maxLength={question.body.max_length ?? LONGEST}
      rightSection={isNumber && question.body.unit ? <span>{question.body.unit}</span> : null}
      rightSectionWidth={isNumber && question.body.unit ? 72 : 0}
      autoComplete="off"
      spellCheck={false}
      value={textOf(value)}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    />
  );
}

export function LongInput({ question, value, onChange, disabled = false, labelledBy }: InputProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const isCode = question.type === "code";
  // The starter is what a student begins with; until something is changed there is no answer.
  const shown = value === null && isCode ? (question.body.starter ?? "") : textOf(value);
  const words = countWords(textOf(value));
  const most = question.body.max_words ?? null;
  return (
    <div>
      <Textarea
        aria-labelledby={labelledBy}
        autosize
        minRows={isCode ? 8 : 6}
        maxRows={30}
        maxLength={LONGEST}
        value={shown}
        disabled={disabled}
        spellCheck={!isCode}
        classNames={isCode ? { input: classes.code } : {}}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      />
      <Text size="sm" c={most !== null && words > most ? "var(--page-review)" : "dimmed"} mt={4}>
        {isCode
          ? (question.body.language ?? "")
          : most === null
            ? t("question:words", { count: words, n: format.number(words) })
            : t("question:wordsOf", { n: format.number(words), all: format.number(most) })}
      </Text>
    </div>
  );
}

export function BlankInput({ question, value, onChange, disabled = false, id }: QuestionViewProps & { id: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const blanks = question.body.blanks ?? [];
  const at = blanks.findIndex((one) => one.id === id);
  const blank = blanks[at];
  const answers = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const set = (text: string) => {
    const { [id]: _old, ...others } = answers;
    const next = text ? { ...others, [id]: text } : others;
    onChange(Object.keys(next).length > 0 ? next : null);
  };
  const label = t("question:blank", { n: format.number(at + 1) });
  if (blank?.options?.length) {
    return (
      <NativeSelect
        aria-label={label}
        classNames={{ root: classes.blank }}
        data={["", ...blank.options]}
        value={answers[id] ?? ""}
        disabled={disabled}
        onChange={(event) => set(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      aria-label={label}
      classNames={{ root: classes.blank }}
      autoComplete="off"
      spellCheck={false}
      value={answers[id] ?? ""}
      disabled={disabled}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}
