// The rules in plain words, and the consent: what, why, how long, who sees it, and how to object.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Exam } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { RichText } from "@/ui/RichText";
import { giveConsent, institution } from "../api";
import { Trouble } from "../parts/basics";

/** Names the text that was agreed to; changes with the text. */
const VERSION = "2026-11-28";
/** What the server takes of the words as they stood on the screen; kept with the consent. */
const LONGEST_SHOWN = 20_000;

type Part = "camera" | "sound" | "screen" | "identity";

function partsOf(exam: Exam): Part[] {
  return [
    "camera",
    ...(exam.enable_audio_detection ? (["sound"] as const) : []),
    ...(exam.enable_screen_recording ? (["screen"] as const) : []),
    ...(exam.enable_identity_check || exam.require_id_document ? (["identity"] as const) : []),
  ];
}

export function RulesPanel({ exam, onAgreed }: { exam: Exam; onAgreed: () => void }) {
  const { t } = useTranslation();
  const [agreed, setAgreed] = useState<Partial<Record<Part, boolean>>>({});
  const [objection, setObjection] = useState("");
  const [error, setError] = useState<unknown>(null);
  const words = useRef<HTMLFormElement>(null);
  const parts = partsOf(exam);
  const all = parts.every((part) => agreed[part]);
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await giveConsent(exam.id, {
        version: VERSION,
        camera: agreed.camera === true,
        sound: agreed.sound === true,
        screen: agreed.screen === true,
        identity: agreed.identity === true,
        objection: objection.trim(),
        shown: Array.from(words.current?.innerText ?? "").slice(0, LONGEST_SHOWN).join(""),
      });
      onAgreed();
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <form ref={words} className="stack" onSubmit={(event) => void onSubmit(event)}>
      <Rules exam={exam} />
      <fieldset className="card stack">
        <legend>
          <h2>{t("consent.title")}</h2>
        </legend>
        <p>{t("consent.intro")}</p>
        {parts.map((part) => (
          <label key={part} className="tick">
            <input
              type="checkbox"
              checked={agreed[part] === true}
              onChange={({ target }) => setAgreed((known) => ({ ...known, [part]: target.checked }))}
            />
            <span>
              <strong>{t(`consent.${part}.what`)}</strong>
              <br />
              {t(`consent.${part}.why`)}
            </span>
          </label>
        ))}
        {exam.require_id_document || exam.require_room_view ? <Captured what="documents" /> : null}
        <Captured what="browser" />
        <p>{t("consent.who")}</p>
        <Kept />
        <p>{t("consent.decides")}</p>
        <p>{t("consent.withdraw")}</p>
        <details>
          <summary>{t("consent.object")}</summary>
          <label className="field">
            {t("consent.objectText")}
            <textarea rows={3} maxLength={2000} value={objection} onChange={({ target }) => setObjection(target.value)} />
          </label>
        </details>
        {error ? <Trouble error={error} /> : null}
        <button type="submit" className="button" disabled={!all && !objection.trim()}>
          {objection.trim() ? t("consent.sendObjection") : t("consent.agree")}
        </button>
        {all || objection.trim() ? null : <p className="dim">{t("consent.need")}</p>}
      </fieldset>
    </form>
  );
}

/** What is noted along with it; there is nothing to tick, because the exam cannot be held without. */
function Captured({ what }: { what: "documents" | "browser" }) {
  const { t } = useTranslation();
  return (
    <p>
      <strong>{t(`consent.${what}.what`)}</strong>
      <br />
      {t(`consent.${what}.why`)}
    </p>
  );
}

/** In days, as the institution has set them now. */
function Kept() {
  const { t } = useTranslation();
  const format = useFormats();
  const found = useQuery({ queryKey: ["institution"], queryFn: institution, staleTime: Infinity });
  if (found.isPending) return <p>…</p>;
  if (!found.data) return <p>{t("consent.howLongUnknown")}</p>;
  const { evidence_days: days, evidence_days_unreleased: unreleased } = found.data;
  return <p>{t("consent.howLong", { days: format.number(days), unreleased: format.number(Math.max(days, unreleased)) })}</p>;
}

function Rules({ exam }: { exam: Exam }) {
  const { t } = useTranslation();
  const format = useFormats();
  const lock = exam.browser_lockdown;
  const rules = [
    t("rules.time", { count: exam.duration_minutes, n: format.number(exam.duration_minutes) }),
    t("rules.save"),
    t("rules.offline"),
    exam.time_credit_minutes > 0 ? t("rules.credit", { count: exam.time_credit_minutes, n: format.number(exam.time_credit_minutes) }) : null,
    t("rules.face"),
    exam.require_fullscreen || lock ? t("rules.fullscreen") : null,
    exam.block_clipboard || lock ? t("rules.clipboard") : null,
    exam.block_right_click || lock ? t("rules.rightClick") : null,
    exam.block_shortcuts || lock ? t("rules.shortcuts") : null,
    exam.enable_screen_recording ? t("rules.screen") : null,
    exam.enable_tab_switch_detection ? t("rules.tabs") : null,
    exam.max_tab_switches === null ? null : t("rules.switches", { n: format.number(exam.max_tab_switches) }),
    exam.navigation === "forward" ? t("rules.forward") : null,
    exam.allow_calculator ? t("rules.calculator") : null,
    exam.waiting_room ? t("rules.waiting") : null,
    exam.require_id_document ? t("rules.document") : null,
    exam.require_room_view ? t("rules.room") : null,
    exam.passing_score === null ? null : t("rules.passing", { n: format.percent(exam.passing_score / 100) }),
    t("rules.help"),
  ].filter((rule): rule is string => rule !== null);
  return (
    <section className="card stack">
      <h2>{t("rules.title")}</h2>
      {exam.instructions ? <RichText text={exam.instructions} /> : null}
      <ul className="rules">
        {rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
    </section>
  );
}
