// How a question's words are found for one who reads one language or both, and whether it is answered.
import type { AnswerValue, PaperQuestion, Words, WordsLanguage } from "./questionTypes";

export type { AnswerValue, Choice, QuestionBody, QuestionType, Words, WordsLanguage } from "./questionTypes";

/** Which languages of a text are shown: one, or both where both are there. */
export type Shown = WordsLanguage | "both";

/** A question on somebody's paper. */
export type Question = PaperQuestion & {
  position: number;
  points: number;
  negative_points?: number;
  seconds?: number | null;
};

/** The texts to show, each with its language; a text that is missing in one language is taken from the other. */
export function shownWords(words: Words, shown: Shown): { lang: WordsLanguage; text: string }[] {
  const there = (["en", "bn"] as const).filter((lang) => (words[lang] ?? "").trim() !== "");
  const wanted = shown === "both" ? there : there.filter((lang) => lang === shown);
  return (wanted.length > 0 ? wanted : there.slice(0, 1)).map((lang) => ({ lang, text: words[lang] ?? "" }));
}

/** In one line: for labels and list entries. */
export function plainWords(words: Words, shown: Shown): string {
  return shownWords(words, shown)
    .map(({ text }) => text)
    .join(" · ");
}

export function isAnswered(value: AnswerValue | undefined): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === "string") return value.trim() !== "";
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object") return Object.values(value).some((one) => one.trim() !== "");
  return true;
}
