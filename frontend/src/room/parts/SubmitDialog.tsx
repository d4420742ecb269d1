// Before handing in: what is answered, what is open, what is flagged, and whether all of it is with the server.
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { isAnswered } from "@/ui/questions/question";
import type { Paper } from "../api";
import type { RoomState } from "../engine/roomState";
import type { SheetState } from "../engine/sheet";
import type { Finish } from "../screens/useFinish";
import { Dialog, Notice } from "./basics";

type Props = {
  paper: Paper;
  answers: SheetState;
  room: RoomState;
  finish: Finish;
  onClose: () => void;
  onGo: (index: number) => void;
};

export function SubmitDialog({ paper, answers, room, finish, onClose, onGo }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const questions = paper.sections.flatMap((section) => section.questions);
  const open = questions.flatMap((question, index) => (isAnswered(answers.answers.get(question.id)) ? [] : [{ question, index }]));
  const flagged = questions.flatMap((question, index) => (answers.flags.has(question.id) ? [{ question, index }] : []));
  const list = (some: typeof open, label: string) =>
    some.length === 0 ? null : (
      <>
        <h3>{label}</h3>
        <ul className="palette-list">
          {some.map(({ question, index }) => (
            <li key={question.id}>
              <button
                type="button"
                aria-label={t("room.questionN", { n: format.number(question.position) })}
                onClick={() => {
                  onGo(index);
                  onClose();
                }}
              >
                {format.number(question.position)}
              </button>
            </li>
          ))}
        </ul>
      </>
    );
  return (
    <Dialog title={t("submit.title")} onClose={onClose}>
      <p>{t("submit.answered", { n: format.number(questions.length - open.length), all: format.number(questions.length) })}</p>
      {list(open, t("submit.open", { count: open.length, n: format.number(open.length) }))}
      {list(flagged, t("submit.flagged", { count: flagged.length, n: format.number(flagged.length) }))}
      {room.link.phase === "live" ? null : <Notice tone="watch" title={t("submit.offline")} />}
      <p>{t("submit.final")}</p>
      <div className="row">
        <button
          type="button"
          className="button"
          onClick={() => {
            finish.submit();
            onClose();
          }}
        >
          {t("submit.go")}
        </button>
        <button type="button" className="button quiet" onClick={onClose}>
          {t("submit.back")}
        </button>
      </div>
    </Dialog>
  );
}
