// A question while it is written: a fresh one of each type, what belongs to it, and what is still wrong with it.
import type { QuestionKey, QuestionRead, QuestionWrite, RubricLine } from "@/api/types";
import type { QuestionType, Words } from "@/ui/questions/questionTypes";

export type { QuestionKey, RubricLine };
export type QuestionDraft = Required<Omit<QuestionWrite, "position">>;
/** The server leaves out what is null; here nothing is left out. */
export type Question = QuestionDraft & Required<Pick<QuestionRead, "id" | "exam_id" | "position">>;

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** The first short name that none of them has. */
export function freeId(taken: readonly { id: string }[]): string {
  const known = new Set(taken.map((one) => one.id));
  for (const letter of LETTERS) if (!known.has(letter)) return letter;
  let number = 1;
  while (known.has(`x${number}`)) number += 1;
  return `x${number}`;
}

const empty = (id: string) => ({ id, text: {} });

const FRESH: Record<QuestionType, Pick<QuestionDraft, "body" | "key">> = {
  single_choice: { body: { options: ["a", "b", "c", "d"].map(empty), shuffle: true }, key: { option: "a" } },
  multiple_choice: { body: { options: ["a", "b", "c", "d"].map(empty), shuffle: true }, key: { options: ["a"], partial: true } },
  true_false: { body: {}, key: { value: true } },
  short_text: { body: { max_length: 200 }, key: { accepted: [""], case_sensitive: false } },
  number: { body: {}, key: { value: 0, tolerance: 0, relative: false } },
  fill_in: { body: { blanks: [] }, key: { blanks: {} } },
  matching: {
    body: { items: ["a", "b"].map(empty), targets: ["a", "b"].map(empty) },
    key: { pairs: { a: "a", b: "b" } },
  },
  ordering: { body: { items: ["a", "b", "c"].map(empty) }, key: { order: ["a", "b", "c"] } },
  essay: { body: {}, key: {} },
  code: { body: { language: "python", starter: "" }, key: {} },
  file_upload: { body: { max_files: 1, types: [".pdf", ".jpg", ".png"], max_bytes: 10 * 1024 * 1024 }, key: {} },
};

export function freshQuestion(type: QuestionType, sectionId: number | null = null): QuestionDraft {
  const { body, key } = structuredClone(FRESH[type]);
  return {
    type,
    text: {},
    section_id: sectionId,
    points: 1,
    negative_points: 0,
    seconds: null,
    tags: [],
    explanation: {},
    body,
    key,
    rubric: [],
  };
}

export const BY_HAND: ReadonlySet<QuestionType> = new Set(["essay", "code", "file_upload"]);

const BLANK = /\{\{\s*([A-Za-z0-9_-]{1,32})\s*\}\}/g;

/** Names of the gaps in a text, in order, each once. */
export function blanksOf(text: Words): string[] {
  return [...new Set([text.en ?? "", text.bn ?? ""].flatMap((words) => [...words.matchAll(BLANK)].map(([, id]) => id ?? "")))];
}

/** Keeps the list of gaps and their answers in step with the text, where they are written. */
export function withBlanks(draft: QuestionDraft): QuestionDraft {
  if (draft.type !== "fill_in") return draft;
  const ids = blanksOf(draft.text);
  const known = new Map((draft.body.blanks ?? []).map((one) => [one.id, one]));
  return {
    ...draft,
    body: { ...draft.body, blanks: ids.map((id) => known.get(id) ?? { id }) },
    key: { ...draft.key, blanks: Object.fromEntries(ids.map((id) => [id, draft.key.blanks?.[id] ?? [""]])) },
  };
}

function said(words: Words): boolean {
  return Boolean(words.en?.trim() || words.bn?.trim());
}

/** Code of the first thing that is missing (texts: authoring:fault.*); null when it can be stored. */
export function faultOf({ type, text, body, key }: QuestionDraft): string | null {
  if (!said(text)) return "text";
  const parts = [...(body.options ?? []), ...(body.items ?? []), ...(body.targets ?? [])];
  if (parts.some((one) => !said(one.text))) return "part";
  switch (type) {
    case "single_choice":
      return key.option ? null : "right";
    case "multiple_choice":
      return key.options?.length ? null : "right";
    case "short_text":
      return key.accepted?.some((one) => one.trim()) ? null : "accepted";
    case "number":
      return typeof key.value === "number" ? null : "right";
    case "fill_in":
      if (!body.blanks?.length) return "blanks";
      return body.blanks.every(({ id }) => key.blanks?.[id]?.some((one) => one.trim())) ? null : "accepted";
    case "matching":
      return body.items?.every(({ id }) => key.pairs?.[id]) ? null : "right";
    default:
      return null;
  }
}

function filled(words: string[]): string[] {
  return words.map((one) => one.trim()).filter(Boolean);
}

/** As it is sent: without empty lines. */
export function cleaned(draft: QuestionDraft): QuestionDraft {
  const { accepted, blanks } = draft.key;
  return {
    ...draft,
    key: {
      ...draft.key,
      ...(accepted ? { accepted: filled(accepted) } : {}),
      ...(blanks ? { blanks: Object.fromEntries(Object.entries(blanks).map(([id, words]) => [id, filled(words)])) } : {}),
    },
  };
}

export function draftOf({ id: _id, exam_id: _exam, position: _position, ...rest }: Question): QuestionDraft {
  const { type, text, section_id, points, negative_points, seconds, tags, explanation, body, key, rubric } = rest;
  return { type, text, section_id, points, negative_points, seconds, tags, explanation, body, key, rubric };
}
