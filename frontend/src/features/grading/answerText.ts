// An answer in words: what was chosen, matched, ordered or typed.
import { type AnswerValue, type Choice, type QuestionBody, type QuestionType, wordsIn, type WordsLanguage } from "@/ui/questions/questionTypes";

type Asked = { type: QuestionType; body: QuestionBody };

function nameOf(choices: readonly Choice[] | null | undefined, id: string, language: WordsLanguage): string {
  const choice = choices?.find((one) => one.id === id);
  return choice ? wordsIn(choice.text, language).text || id : id;
}

/** Lines of the answer; files are their numbers. `yes` and `no` are the words for true and false. */
export function answerLines(asked: Asked, value: unknown, language: WordsLanguage, words: { yes: string; no: string }): string[] {
  const answer = value as AnswerValue;
  const { body } = asked;
  switch (asked.type) {
    case "single_choice":
      return typeof answer === "string" ? [nameOf(body.options, answer, language)] : [];
    case "multiple_choice":
      return Array.isArray(answer) ? (answer as string[]).map((id) => nameOf(body.options, id, language)) : [];
    case "true_false":
      return typeof answer === "boolean" ? [answer ? words.yes : words.no] : [];
    case "fill_in":
      return isRecord(answer) ? (body.blanks ?? []).map(({ id }, at) => `${at + 1}. ${answer[id] ?? "–"}`) : [];
    case "matching":
      return isRecord(answer)
        ? (body.items ?? []).map((item) => {
            const target = answer[item.id];
            return `${wordsIn(item.text, language).text} → ${target ? nameOf(body.targets, target, language) : "–"}`;
          })
        : [];
    case "ordering":
      return Array.isArray(answer) ? (answer as string[]).map((id, at) => `${at + 1}. ${nameOf(body.items, id, language)}`) : [];
    default:
      return typeof answer === "string" ? [answer] : [];
  }
}

function isRecord(answer: AnswerValue): answer is Record<string, string> {
  return typeof answer === "object" && answer !== null && !Array.isArray(answer);
}

/** Sum of the rubric's lines, rounded so that 0.1 + 0.2 is 0.3. */
export function rubricSum(rubric: Record<string, number>): number {
  return Math.round(Object.values(rubric).reduce((sum, one) => sum + one, 0) * 1000) / 1000;
}
