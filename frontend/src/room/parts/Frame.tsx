// The frame of every screen outside the exam itself: name, language, sign out.
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { logOut } from "@/api/client";
import { useLanguageChoice } from "@/api/useLanguageChoice";
import { useUser } from "@/api/useUser";
import { LANGUAGE_NAMES, LANGUAGES } from "@/lib/languages";
import { useLanguage } from "@/lib/useFormats";
import { rememberChoice } from "../languageChoice";
import { go, Link } from "../router";

export function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const user = useUser();
  return (
    <div className="page">
      <a className="skip" href="#main">
        {t("nav.skip")}
      </a>
      <header className="head">
        <Link href="/room" className="brand" aria-label={`360° Proctor: ${t("nav.home")}`}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          <span>360° Proctor</span>
        </Link>
        <LanguageButtons />
        {user ? (
          <button
            type="button"
            className="button quiet"
            onClick={() => {
              void logOut();
              go("/room");
            }}
          >
            {t("nav.logOut")}
          </button>
        ) : null}
      </header>
      <main id="main" className="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

export function LanguageButtons() {
  const { t } = useTranslation();
  const shown = useLanguage();
  const choose = useLanguageChoice();
  return (
    <div role="group" aria-label={t("nav.language")} className="switch">
      {LANGUAGES.map((language) => (
        <button key={language} type="button" lang={language} aria-pressed={language === shown} onClick={() => {
            rememberChoice();
            void choose(language);
          }}>
          {LANGUAGE_NAMES[language]}
        </button>
      ))}
    </div>
  );
}
