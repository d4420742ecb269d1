// A question as students get it, and the values that answer it.

export type Words = { en?: string | null; bn?: string | null };
export type Choice = { id: string; text: Words };
export type Blank = { id: string; options?: string[] | null };

export const QUESTION_TYPES = [
  "single_choice",
  "multiple_choice",
  "true_false",
  "short_text",
  "number",
  "fill_in",
  "matching",
  "ordering",
  "essay",
  "code",
  "file_upload",
] as const;
export type QuestionType = (typeof QUESTION_TYPES)[number];

export type QuestionBody = {
  options?: Choice[] | null;
  shuffle?: boolean | null;
  max_length?: number | null;
  unit?: string | null;
  blanks?: Blank[] | null;
  items?: Choice[] | null;
  targets?: Choice[] | null;
  max_words?: number | null;
  language?: string | null;
  starter?: string | null;
  max_files?: number | null;
  types?: string[] | null;
  max_bytes?: number | null;
};

export type PaperQuestion = { id: number; type: QuestionType; text: Words; body: QuestionBody };

export type AnswerValue = string | boolean | string[] | number[] | Record<string, string> | null;

export type WordsLanguage = "en" | "bn";

/** The text in the wished language, else in the other; with the language it is in, for screen readers. */
export function wordsIn(words: Words | undefined, language: WordsLanguage): { text: string; lang: WordsLanguage } {
  const other = language === "en" ? "bn" : "en";
  const wished = words?.[language];
  if (wished?.trim()) return { text: wished, lang: language };
  const found = words?.[other];
  return { text: found ?? "", lang: found?.trim() ? other : language };
}

/** Words as people count them: what stands between spaces. */
export function countWords(text: string): number {
  return text.trim() ? text.trim().split(/\s+/).length : 0;
}

/** `list` with the item at `from` moved to `to`; places beyond the ends are the ends. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, at) => at !== from);
  const item = list[from];
  const place = Math.min(rest.length, Math.max(0, to));
  return item === undefined ? [...list] : [...rest.slice(0, place), item, ...rest.slice(place)];
}

/** The answer's order of items, those it does not mention last: every item can always be seen. */
export function orderOf(items: readonly Choice[], value: AnswerValue): Choice[] {
  const wanted = Array.isArray(value) ? (value as string[]) : [];
  const placed = wanted.map((id) => items.find((one) => one.id === id)).filter((one) => one !== undefined);
  return [...placed, ...items.filter((one) => !placed.includes(one))];
}
