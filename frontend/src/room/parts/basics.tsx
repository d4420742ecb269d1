// The few components that every screen is made of: plain elements with the right roles.
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { problemText } from "@/ui/problemText";
import { Link } from "../router";

export function Loading() {
  const { t } = useTranslation();
  return (
    <p className="loading" role="status">
      {t("common.loading")}
    </p>
  );
}

type Tone = "info" | "good" | "watch" | "bad";
const SIGNS: Record<Tone, string> = { info: "i", good: "✓", watch: "!", bad: "!" };

/** A box with a sign, a word and, perhaps, something to do. `live`: read out when it appears. */
export function Notice(props: { tone: Tone; title?: string; live?: "polite" | "assertive"; children?: ReactNode }) {
  const role = props.live === "assertive" ? "alert" : props.live === "polite" ? "status" : undefined;
  return (
    <div className="notice" data-tone={props.tone} role={role}>
      <span className="notice-sign" aria-hidden>
        {SIGNS[props.tone]}
      </span>
      <div>
        {props.title ? <p className="notice-title">{props.title}</p> : null}
        {props.children}
      </div>
    </div>
  );
}

/** What went wrong; `onRetry` is offered where trying again may help, the way back to the list where there is no such thing. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  return (
    <Notice tone="bad" title={t("common.failed")} live="assertive">
      <p>{problemText(t, problem)}</p>
      {onRetry && problem.status === 404 ? (
        <Link className="button quiet" href="/room">
          {t("nav.home")}
        </Link>
      ) : onRetry ? (
        <button type="button" className="button quiet" onClick={onRetry}>
          {t("common.retry")}
        </button>
      ) : null}
    </Notice>
  );
}

/** A window over the page. Without `onClose` it cannot be put away, only acted on. */
export function Dialog(props: { title: string; onClose?: () => void; children: ReactNode; wide?: boolean }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDialogElement>(null);
  const title = useId();
  const { onClose } = props;
  useEffect(() => {
    const element = place.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={place}
      className={props.wide ? "dialog wide" : "dialog"}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <header className="dialog-head">
        <h2 id={title}>{props.title}</h2>
        {onClose ? (
          <button type="button" className="icon-button" aria-label={t("common.close")} onClick={onClose}>
            ✕
          </button>
        ) : null}
      </header>
      {props.children}
    </dialog>
  );
}

/** Moves the focus to a screen's heading when it appears, so that a screen reader begins there. */
export function Heading({ children }: { children: ReactNode }) {
  const place = useRef<HTMLHeadingElement>(null);
  useEffect(() => place.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={place} tabIndex={-1}>
      {children}
    </h1>
  );
}
