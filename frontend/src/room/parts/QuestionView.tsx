// One question: its text, its answer, flag, back and on.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/client";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { plainWords, type Shown, shownWords } from "@/ui/questions/question";
import { QuestionView as AskedQuestion } from "@/ui/questions/QuestionView";
import { RichText } from "@/ui/RichText";
import { uploadAnswerFile } from "../api";
import type { Controller } from "../engine/controller";
import type { Sheet, SheetState } from "../engine/sheet";
import type { PlaceInPaper } from "../screens/usePlaceInPaper";

const loadPicture = (file: number) => fetchPicture(`/api/v1/question-files/${file}`);

type Props = {
  session: number;
  controller: Controller;
  sheet: Sheet;
  answers: SheetState;
  place: PlaceInPaper;
  shown: Shown;
  locked: boolean;
  onSubmit: () => void;
};

export function QuestionView({ session, controller, sheet, answers, place, shown, locked, onSubmit }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const heading = useRef<HTMLHeadingElement>(null);
  const { question, section } = place;
  const now = useNow(500);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  if (!question || !section) return null;
  const closed = place.closesAt !== null && controller.now() >= place.closesAt;
  const label = `question-${question.id}-heading`;
  const last = place.at === place.spots.length - 1;
  return (
    <article className="card question" aria-labelledby={label} data-now={now > 0}>
      <header className="question-head">
        <h2 ref={heading} id={label} tabIndex={-1}>
          {t("room.questionOf", { n: format.number(question.position), all: format.number(place.spots.length) })}
        </h2>
        <p className="dim">
          {t("room.points", { count: question.points, n: format.number(question.points, 2) })}
          {question.negative_points ? ` · ${t("room.minus", { n: format.number(question.negative_points, 2) })}` : ""}
        </p>
        {place.closesAt === null ? null : (
          <p className="question-time" role="timer" data-short={place.closesAt - controller.now() < 30_000}>
            {closed ? t("room.closed") : t("room.ownTime", { time: format.stopwatch((place.closesAt - controller.now()) / 1000) })}
          </p>
        )}
      </header>
      {plainWords(section.instructions, shown) ? (
        <div className="instructions">
          {shownWords(section.instructions, shown).map(({ lang, text }) => (
            <RichText key={lang} lang={lang} text={text} loadPicture={loadPicture} />
          ))}
        </div>
      ) : null}
      <AskedQuestion
        question={question}
        value={answers.answers.get(question.id) ?? null}
        onChange={(value) => sheet.change(question.id, value)}
        language={shown}
        disabled={locked || closed}
        loadPicture={loadPicture}
        onUpload={(file) => uploadAnswerFile(session, question.id, file)}
      />
      <Ways {...{ controller, sheet, answers, place, locked, onSubmit, last }} />
    </article>
  );
}

type WaysProps = Pick<Props, "controller" | "sheet" | "answers" | "place" | "locked" | "onSubmit"> & { last: boolean };

function Ways({ controller, sheet, answers, place, locked, onSubmit, last }: WaysProps) {
  const { t } = useTranslation();
  const { question } = place;
  if (!question) return null;
  const flagged = answers.flags.has(question.id);
  const flag = () => {
    sheet.setFlag(question.id, !flagged);
    void controller.flag(question.id, !flagged).catch(() => undefined);
    void controller.kept.keep("flags", [...sheet.state().flags]);
  };
  return (
    <footer className="question-ways">
      {place.forward && !last ? <p className="dim ways-note">{t("room.forwardNote")}</p> : null}
      <button type="button" className="button quiet" disabled={!place.mayGo(place.at - 1)} onClick={() => place.goTo(place.at - 1)}>
        {t("room.back")}
      </button>
      <button type="button" className="button quiet" aria-pressed={flagged} disabled={locked} onClick={flag}>
        <span aria-hidden>⚑</span> {flagged ? t("room.unflag") : t("room.flag")}
      </button>
      {last ? null : (
        <button type="button" className="button" onClick={() => place.goTo(place.at + 1)}>
          {t("room.next")}
        </button>
      )}
      <button type="button" className={last ? "button" : "button quiet"} disabled={locked} onClick={onSubmit}>
        {t("room.submit")}
      </button>
    </footer>
  );
}
