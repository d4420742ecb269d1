// Puts a problem's stable code into the reader's words.
import type { TFunction } from "i18next";

export type ProblemLike = { code: string; params: Record<string, string | number>; message: string };

/** Whatever was thrown, as a problem: `fetch` throws a TypeError where no answer came, anything else is unexpected. */
function problemOf(error: unknown): ProblemLike {
  if (typeof error === "object" && error !== null && typeof (error as ProblemLike).code === "string") {
    return error as ProblemLike;
  }
  return { code: error instanceof TypeError ? "network" : "unexpected", params: {}, message: "" };
}

/** The translated sentence of the code; for a code this build does not know, the server's own words, else a general one. */
export function problemText(t: TFunction, error: unknown): string {
  const problem = problemOf(error);
  const known = t([`errors:${problem.code}`, `errors.${problem.code}`], { ...problem.params, defaultValue: "" });
  if (known) return known;
  return problem.message && problem.message !== problem.code ? problem.message : t("errors.unexpected");
}
