// One check: a drawing, a word, and where something is to be mended, what and how.
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Check, CheckName } from "../screens/useChecks";

export function CheckItem({ check, children }: { check: Check; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <li className="check" data-result={check.result}>
      <Drawing name={check.name} />
      <div>
        <p className="check-name">
          {t(`check.${check.name}.name`)} <span className="badge" data-result={check.result}>{t(`check.result.${check.result}`)}</span>
        </p>
        {check.detail ? <p className="dim">{check.detail}</p> : null}
        <div role="status">{check.fix ? <p>{t(`check.${check.fix}`)}</p> : null}</div>
        {check.result === "good" ? null : children}
      </div>
    </li>
  );
}

const SHAPES: Record<CheckName, ReactNode> = {
  browser: <><rect x="4" y="8" width="40" height="32" rx="4" /><path d="M4 17h40M10 12.5h.1M15 12.5h.1" /></>,
  camera: <><rect x="4" y="13" width="28" height="22" rx="4" /><path d="m32 21 12-6v18l-12-6z" /></>,
  light: <><circle cx="24" cy="24" r="8" /><path d="M24 6v5M24 37v5M6 24h5M37 24h5M11 11l4 4M33 33l4 4M37 11l-4 4M15 33l-4 4" /></>,
  face: <><ellipse cx="24" cy="23" rx="12" ry="15" /><path d="M19 20h.1M29 20h.1M19 29c3 3 7 3 10 0" /></>,
  microphone: <><rect x="18" y="5" width="12" height="22" rx="6" /><path d="M11 22a13 13 0 0 0 26 0M24 35v8M17 43h14" /></>,
  speaker: <><path d="M6 18v12h8l11 9V9l-11 9zM31 18c3 4 3 8 0 12M36 13c6 7 6 15 0 22" /></>,
  line: <path d="M6 36h6V28H6zM18 36h6V22h-6zM30 36h6V14h-6z" />,
  screen: <><rect x="4" y="8" width="40" height="26" rx="3" /><path d="M18 42h12M24 34v8M24 28V15m-5 5 5-5 5 5" /></>,
  fullscreen: <path d="M6 17V7h10M42 17V7H32M6 31v10h10M42 31v10H32" />,
  display: <><rect x="4" y="12" width="24" height="18" rx="3" /><rect x="22" y="20" width="22" height="16" rx="3" /></>,
};

function Drawing({ name }: { name: CheckName }) {
  return (
    <svg viewBox="0 0 48 48" width={48} height={48} className="drawing" aria-hidden>
      {SHAPES[name]}
    </svg>
  );
}
