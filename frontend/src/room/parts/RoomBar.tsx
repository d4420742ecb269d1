// The bar over the exam: title, time left, whether all is saved, the line, and ways to a person.
import { useTranslation } from "react-i18next";
import type { Shown } from "@/ui/questions/question";
import { LANGUAGE_NAMES } from "@/lib/languages";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import type { Paper } from "../api";
import { type Ceiling, MODES } from "../engine/pace";
import { type RoomState, unread } from "../engine/roomState";
import { chooseCeiling, chosenCeiling } from "../useController";
import { LanguageButtons } from "./Frame";
import { SavedMark } from "./SavedMark";
import { type Appearance, SIZES } from "./useAppearance";
import { type RefObject, useEffect, useRef, useState } from "react";

/** What is opened over the exam. */
export type RoomWindow = "chat" | "calculator" | "submit" | null;

type Props = {
  paper: Paper;
  room: RoomState;
  unsaved: number;
  endsAt: number;
  now: () => number;
  look: Appearance;
  languages: Shown[];
  onOpen: (open: RoomWindow) => void;
  onHand: (raised: boolean) => void;
  onCeiling: (ceiling: Ceiling) => void;
};

export function RoomBar({ paper, room, unsaved, endsAt, now, look, languages, onOpen, onHand, onCeiling }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const news = unread(room).length;
  return (
    <header className="room-bar">
      <h1>{paper.title}</h1>
      <Timer endsAt={endsAt} now={now} paused={room.paused} hidden={look.timerHidden} />
      <SavedMark room={room} unsaved={unsaved} />
      <div className="room-tools">
        <button
          type="button"
          className="button quiet"
          onClick={() => onHand(!room.hand)}
        >
          <span aria-hidden>✋</span> {room.hand ? t("room.handDown") : t("room.hand")}
        </button>
        <button type="button" className="button quiet" onClick={() => onOpen("chat")}>
          <span aria-hidden>✉</span> {news > 0 ? t("room.chatWith", { n: format.number(news) }) : t("room.chat")}
        </button>
        {paper.settings.allow_calculator ? (
          <button type="button" className="button quiet" onClick={() => onOpen("calculator")}>
            {t("room.calculator")}
          </button>
        ) : null}
        <Settings look={look} languages={languages} onCeiling={onCeiling} />
      </div>
    </header>
  );
}

function Timer({ endsAt, now, paused, hidden }: { endsAt: number; now: () => number; paused: boolean; hidden: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  useNow(500);
  const left = (endsAt - now()) / 1000;
  // Never hidden when little is left.
  if (hidden && left > 300) return <p className="timer">{t("room.timerHidden")}</p>;
  return (
    <p className="timer" data-short={left < 300} role="timer" aria-label={t("room.timeLeft")}>
      {paused ? t("room.pausedShort") : format.stopwatch(left)}
    </p>
  );
}

function Settings({ look, languages, onCeiling }: Pick<Props, "look" | "languages" | "onCeiling">) {
  const { t } = useTranslation();
  const format = useFormats();
  const [ceiling, setCeiling] = useState(chosenCeiling);
  const place = useRef<HTMLDetailsElement>(null);
  useFolding(place);
  return (
    <details className="settings" ref={place}>
      <summary className="button quiet">{t("room.look")}</summary>
      <div className="settings-body stack">
        <LanguageButtons />
        <label className="field">
          {t("room.size")}
          <select value={look.size} onChange={({ target }) => look.setSize(target.value as typeof look.size)}>
            {SIZES.map((size) => (
              <option key={size} value={size}>
                {format.percent(Number(size) / 100)}
              </option>
            ))}
          </select>
        </label>
        <label className="tick">
          <input type="checkbox" checked={look.contrast} onChange={({ target }) => look.setContrast(target.checked)} />
          <span>{t("room.contrast")}</span>
        </label>
        <label className="tick">
          <input type="checkbox" checked={look.timerHidden} onChange={({ target }) => look.setTimerHidden(target.checked)} />
          <span>{t("room.hideTimer")}</span>
        </label>
        {languages.length > 1 ? (
          <label className="field">
            {t("room.words")}
            <select value={look.words} onChange={({ target }) => look.setWords(target.value as Shown)}>
              {languages.map((one) => (
                <option key={one} value={one}>
                  {one === "both" ? t("room.both") : LANGUAGE_NAMES[one]}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <label className="field">
          {t("room.line.label")}
          <select
            value={ceiling}
            onChange={({ target }) => {
              const chosen = target.value as Ceiling;
              setCeiling(chosen);
              chooseCeiling(chosen);
              onCeiling(chosen);
            }}
          >
            {MODES.map((mode) => (
              <option key={mode} value={mode}>
                {t(`room.line.${mode}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </details>
  );
}

/** Folds up with Escape, which gives the focus back, and with a press anywhere else. */
function useFolding(place: RefObject<HTMLDetailsElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const element = place.current;
      if (event.key !== "Escape" || !element?.open) return;
      element.open = false;
      element.querySelector("summary")?.focus();
    };
    const onPress = ({ target }: PointerEvent) => {
      if (place.current?.open && target instanceof Node && !place.current.contains(target)) place.current.open = false;
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("pointerdown", onPress);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("pointerdown", onPress);
    };
  }, [place]);
}
