// Reading what an address carries: anything may be written there.

/** A search parameter that must be a row's number. */
export function positive(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

/** A search parameter that is free text. A number in the address may have been meant as one. */
export function words(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text.slice(0, 200) : undefined;
}

/** Only a path on this site may follow a login: anything else could lead to a copy of it. */
export function safeNext(next: unknown): string | undefined {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined;
}

/** The exam's number in an address. */
export const EXAM_ID = {
  parse: ({ examId }: { examId: string }) => ({ examId: Number(examId) }),
  stringify: ({ examId }: { examId: number }) => ({ examId: String(examId) }),
};

/** The sitting's number in an address. */
export const SITTING_ID = {
  parse: ({ sittingId }: { sittingId: string }) => ({ sittingId: Number(sittingId) }),
  stringify: ({ sittingId }: { sittingId: number }) => ({ sittingId: String(sittingId) }),
};
