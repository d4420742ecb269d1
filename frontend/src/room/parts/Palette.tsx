// All questions at a glance: answered, open, flagged, here; every state by sign and word, never by colour alone.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { isAnswered, plainWords, type Shown } from "@/ui/questions/question";
import type { Paper } from "../api";
import type { SheetState } from "../engine/sheet";
import type { PlaceInPaper } from "../screens/usePlaceInPaper";

type Props = { paper: Paper; answers: SheetState; place: PlaceInPaper; shown: Shown };

export function Palette({ paper, answers, place, shown }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const answered = place.spots.filter(({ question }) => isAnswered(answers.answers.get(question.id))).length;
  const list = useRef<HTMLDivElement>(null);
  const { at } = place;
  useEffect(() => {
    // On a phone the list is one row: the question one is at must be in it.
    list.current?.querySelectorAll("li").item(at)?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [at]);
  return (
    <div className="palette" ref={list}>
      <p className="palette-count">
        {t("room.answeredOf", { n: format.number(answered), all: format.number(place.spots.length) })}
      </p>
      {paper.sections.map((section) => (
        <div key={section.id}>
          {plainWords(section.title, shown) ? <p className="palette-section">{plainWords(section.title, shown)}</p> : null}
          <ol className="palette-list">
            {place.spots.map(({ question, section: own }, index) => {
              if (own.id !== section.id) return null;
              const done = isAnswered(answers.answers.get(question.id));
              const flagged = answers.flags.has(question.id);
              const label = [
                t("room.questionN", { n: format.number(question.position) }),
                done ? t("room.state.answered") : t("room.state.open"),
                flagged ? t("room.state.flagged") : "",
              ].filter(Boolean);
              return (
                <li key={question.id}>
                  <button
                    type="button"
                    data-done={done}
                    data-flagged={flagged}
                    aria-label={label.join(", ")}
                    aria-current={index === place.at ? "true" : undefined}
                    disabled={!place.mayGo(index)}
                    onClick={() => place.goTo(index)}
                  >
                    {format.number(question.position)}
                    <span aria-hidden className="palette-sign">
                      {flagged ? "⚑" : done ? "✓" : ""}
                    </span>
                  </button>
                </li>
              );
            })}
          </ol>
        </div>
      ))}
    </div>
  );
}
