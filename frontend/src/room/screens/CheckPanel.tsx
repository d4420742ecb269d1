// The check of this device, over the socket of a practice sitting: what passes here passes in the exam.
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Notice, Trouble } from "../parts/basics";
import { type Door, HelpFromCheck } from "../parts/AskForHelp";
import { CheckItem } from "../parts/CheckItem";
import { LevelMeter } from "../parts/LevelMeter";
import { SelfView } from "../parts/SelfView";
import { useController, useRoomState } from "../useController";
import { type CheckName, type CheckNeeds, type Checks, useChecks } from "./useChecks";
import { useTools } from "../tools";

/** `door`: whose teachers can be called for help; null in practice. `onDone` hears which checks were not passed. */
type Props = { session: number; userId: number; door: Door | null; needs: CheckNeeds; onDone: (open: CheckName[]) => void };

export function CheckPanel({ session, userId, door, needs, onDone }: Props) {
  const { t } = useTranslation();
  const { media } = useTools();
  const { controller, error } = useController(session, userId);
  const room = useRoomState(controller);
  const state = useSyncExternalStore(media.subscribe, media.state);
  const checks = useChecks(room, state, needs);
  const [help, setHelp] = useState(false);
  useEffect(() => void media.openCamera(needs.sound), [media, needs.sound]);
  const open = checks.list.filter(({ result }) => result !== "good");
  return (
    <section className="stack" aria-label={t("check.title")}>
      <h2>{t("check.title")}</h2>
      <p>{t("check.intro")}</p>
      {error ? <Trouble error={error} /> : null}
      <div className="check-grid">
        <div className="stack">
          <SelfView stream={state.camera} />
          {needs.sound ? <LevelMeter media={media} onLoud={checks.heardVoice} /> : null}
        </div>
        <ul className="check-list">
          {checks.list.map((check) => (
            <CheckItem key={check.name} check={check}>
              <Todo name={check.name} checks={checks} sound={needs.sound} />
            </CheckItem>
          ))}
        </ul>
      </div>
      {open.length === 0 ? <Notice tone="good" title={t("check.allGood")} live="polite" /> : null}
      <div className="row">
        <button type="button" className="button" onClick={() => onDone(open.map(({ name }) => name))} disabled={checks.busy}>
          {open.length === 0 ? t("check.goOn") : t("check.goOnAnyway")}
        </button>
        {open.length > 0 ? (
          <button type="button" className="button quiet" onClick={() => setHelp(true)}>
            {t("check.help")}
          </button>
        ) : null}
      </div>
      {help ? <Help checks={checks} door={door} userId={userId} /> : null}
    </section>
  );
}

function Todo({ name, checks, sound }: { name: string; checks: Checks; sound: boolean }) {
  const { t } = useTranslation();
  const { media } = useTools();
  switch (name) {
    case "camera":
    case "microphone":
      return (
        <button type="button" className="button quiet" onClick={() => void media.openCamera(sound)}>
          {t("common.retry")}
        </button>
      );
    case "speaker":
      return (
        <span className="row">
          <button type="button" className="button quiet" onClick={checks.play}>
            {t("check.play")}
          </button>
          <button type="button" className="button quiet" onClick={checks.heardTone}>
            {t("check.heard")}
          </button>
        </span>
      );
    case "line":
      return (
        <button type="button" className="button quiet" onClick={checks.measure}>
          {t("common.retry")}
        </button>
      );
    case "screen":
      return (
        <button type="button" className="button quiet" onClick={() => void media.openScreen()}>
          {t("check.share")}
        </button>
      );
    case "fullscreen":
      return (
        <button type="button" className="button quiet" onClick={checks.tryFullscreen}>
          {t("check.tryFullscreen")}
        </button>
      );
    default:
      return null;
  }
}

/** What a message to the teachers holds. */
const LONGEST_REPORT = 2_000;

/** What a person who helps needs to know, to be read out, copied or photographed. */
function Help({ checks, door, userId }: { checks: Checks } & Pick<Props, "door" | "userId">) {
  const { t } = useTranslation();
  const lines = checks.list.map(({ name, result, detail }) => `${t(`check.${name}.name`)}: ${t(`check.result.${result}`)} ${detail}`);
  const report = [navigator.userAgent, ...lines].join("\n").slice(0, LONGEST_REPORT);
  return (
    <Notice tone="info" title={t("check.helpTitle")} live="polite">
      {door ? <HelpFromCheck door={door} userId={userId} report={report} /> : null}
      <p>{t("check.helpText")}</p>
      <textarea className="report" readOnly rows={lines.length + 1} aria-label={t("check.helpTitle")} value={report} />
    </Notice>
  );
}
