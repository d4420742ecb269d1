// Puts a problem's stable code into the reader's words.
import type { TFunction } from "i18next";

export type ProblemLike = { code: string; params: Record<string, string | number>; message: string };

/** The translated sentence of the code; for a code this build does not know, the server's own words, else a general one. */
export function problemText(t: TFunction, problem: ProblemLike): string {
  const known = t([`errors:${problem.code}`, `errors.${problem.code}`], { ...problem.params, defaultValue: "" });
  if (known) return known;
  return problem.message && problem.message !== problem.code ? problem.message : t("errors.unexpected");
}
