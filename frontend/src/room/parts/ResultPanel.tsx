// Points, and where the exam allows it each question with my answer and the right one.
import { useTranslation } from "react-i18next";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { type AnswerValue, plainWords, type Question, type Shown, shownWords } from "@/ui/questions/question";
import { fetchPicture } from "@/api/client";
import { RichText } from "@/ui/RichText";
import type { Result, ResultRow } from "../api";

const loadPicture = (file: number) => fetchPicture(`/api/v1/question-files/${file}`);

export function ResultPanel({ result }: { result: Result }) {
  const { t } = useTranslation();
  const format = useFormats();
  const shown = useLanguage();
  return (
    <>
      <p className="score">
        {t("after.score", { n: format.number(result.score ?? 0, 2), all: format.number(result.max_score ?? 0, 2) })}
        {typeof result.percent === "number" ? ` · ${format.percent(result.percent / 100)}` : ""}
      </p>
      {typeof result.passed === "boolean" ? <p>{result.passed ? t("after.passed") : t("after.failed")}</p> : null}
      {result.questions?.length ? (
        <ol className="results">
          {result.questions.map((row) => (
            <li key={row.question_id}>
              <Row row={row} shown={shown} />
            </li>
          ))}
        </ol>
      ) : null}
    </>
  );
}

function Row({ row, shown }: { row: ResultRow; shown: Shown }) {
  const { t } = useTranslation();
  const format = useFormats();
  const sayings = { yes: t("question:true"), no: t("question:false"), file: (n: number) => t("question:file", { n: format.number(n) }) };
  const question: Asked = { type: row.type, body: row.body };
  const key = row.key ? keyText(question, row.key, shown, sayings) : "";
  const answer = answerText(question, row.answer ?? null, shown, sayings);
  return (
    <div className="stack">
      {shownWords(row.text, shown).map(({ lang, text }) => (
        <RichText key={lang} lang={lang} text={text} loadPicture={loadPicture} renderBlank={() => "____"} />
      ))}
      <div className="given">
        <p className="dim">{t("after.myAnswer")}</p>
        <Words question={question} text={answer || t("after.none")} />
      </div>
      {key ? (
        <div className="given">
          <p className="dim">{t("after.rightAnswer")}</p>
          <Words question={question} text={key} />
        </div>
      ) : null}
      <p className="dim">
        {row.points === null ? t("after.notMarked") : t("after.of", { n: format.number(row.points, 2), all: format.number(row.max_points, 2) })}
      </p>
      {row.late ? <p className="dim">{t("after.lateOne")}</p> : null}
      {row.comment ? <p className="words">{row.comment}</p> : null}
      {shownWords(row.explanation ?? {}, shown).map(({ lang, text }) => (
        <RichText key={lang} lang={lang} text={text} loadPicture={loadPicture} />
      ))}
    </div>
  );
}

function nameOf(question: Asked, id: string, shown: Shown): string {
  const lists = [question.body.options, question.body.items, question.body.targets];
  const found = lists.flatMap((list) => list ?? []).find((choice) => choice.id === id);
  return found ? plainWords(found.text, shown) : id;
}

/** What of a question the words of its answers need. */
type Asked = Pick<Question, "type" | "body">;

/** Words of the question may hold formulas and pictures; what a student has typed is shown as typed. */
function Words({ question, text }: { question: Asked; text: string }) {
  const ours = question.body.options ?? question.body.items;
  return ours ? <RichText text={text} loadPicture={loadPicture} /> : <p className="words">{text}</p>;
}

type Sayings = { yes: string; no: string; file: (n: number) => string };

function answerText(question: Asked, value: AnswerValue, shown: Shown, sayings: Sayings): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? sayings.yes : sayings.no;
  if (typeof value === "string") return question.type === "single_choice" ? nameOf(question, value, shown) : value;
  if (question.type === "file_upload" && Array.isArray(value)) return value.map((_, index) => sayings.file(index + 1)).join("; ");
  if (Array.isArray(value)) return value.map((one) => nameOf(question, String(one), shown)).join(question.type === "ordering" ? " → " : "; ");
  if (question.type === "fill_in") return (question.body.blanks ?? []).map(({ id }) => value[id] ?? "____").join("; ");
  return Object.entries(value)
    .map(([from, to]) => `${nameOf(question, from, shown)}: ${nameOf(question, to, shown)}`)
    .join("; ");
}

function keyText(question: Asked, key: Record<string, unknown>, shown: Shown, sayings: Sayings): string {
  const value = key["option"] ?? key["options"] ?? key["pairs"] ?? key["order"] ?? key["value"] ?? key["accepted"] ?? key["blanks"];
  if (typeof value === "number") return String(value);
  if (question.type === "fill_in" && value && typeof value === "object") {
    return Object.values(value as Record<string, string[]>)
      .map((accepted) => accepted[0] ?? "")
      .join("; ");
  }
  if (question.type === "short_text" && Array.isArray(value)) return (value as string[]).join(" / ");
  return answerText(question, (value ?? null) as AnswerValue, shown, sayings);
}
