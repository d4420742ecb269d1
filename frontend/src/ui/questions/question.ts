// A question as its student sees it, and how its text is found in a language.

export type Words = { en?: string | null; bn?: string | null };
export type WordsLanguage = "en" | "bn";
/** Which languages of a text are shown: one, or both where both are there. */
export type Shown = WordsLanguage | "both";

export type Choice = { id: string; text: Words };
export type QuestionType =
  | "single_choice"
  | "multiple_choice"
  | "true_false"
  | "short_text"
  | "number"
  | "fill_in"
  | "matching"
  | "ordering"
  | "essay"
  | "code"
  | "file_upload";

export type QuestionBody = {
  options?: Choice[] | null;
  max_length?: number | null;
  unit?: string | null;
  blanks?: { id: string; options?: string[] | null }[] | null;
  items?: Choice[] | null;
  targets?: Choice[] | null;
  max_words?: number | null;
  language?: string | null;
  starter?: string | null;
  max_files?: number | null;
  types?: string[] | null;
  max_bytes?: number | null;
};

export type Question = {
  id: number;
  position: number;
  type: QuestionType;
  text: Words;
  points: number;
  negative_points?: number;
  seconds?: number | null;
  body: QuestionBody;
};

export type AnswerValue = string | boolean | string[] | number[] | { [key: string]: string } | null;

/** The texts to show, each with its language; a text that is missing in one language is taken from the other. */
export function wordsIn(words: Words, shown: Shown): { lang: WordsLanguage; text: string }[] {
  const there = (["en", "bn"] as const).filter((lang) => (words[lang] ?? "").trim() !== "");
  const wanted = shown === "both" ? there : there.filter((lang) => lang === shown);
  return (wanted.length > 0 ? wanted : there.slice(0, 1)).map((lang) => ({ lang, text: words[lang] ?? "" }));
}

/** In one line: for labels and list entries. */
export function plainWords(words: Words, shown: Shown): string {
  return wordsIn(words, shown)
    .map(({ text }) => text)
    .join(" · ");
}

const BLANK = /\{\{\s*([A-Za-z0-9_-]{1,32})\s*\}\}/g;

/** Blanks as numbered gaps, "[1] ____", so that a screen reader and a small screen show the same as everything else. */
export function withNumberedGaps(text: string, blanks: readonly { id: string }[], number: (value: number) => string): string {
  return text.replaceAll(BLANK, (_whole, id: string) => {
    const place = blanks.findIndex((blank) => blank.id === id);
    return `**[${number(place + 1)}]** ____`;
  });
}

export function isAnswered(value: AnswerValue | undefined): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === "string") return value.trim() !== "";
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object") return Object.values(value).some((one) => one.trim() !== "");
  return true;
}
