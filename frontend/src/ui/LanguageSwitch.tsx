// English or Bangla, each named in itself.
import { useTranslation } from "react-i18next";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "@/lib/languages";
import { useLanguage } from "@/lib/useFormats";
import classes from "./LanguageSwitch.module.css";

export function LanguageSwitch({ onChoose }: { onChoose: (language: Language) => Promise<void> }) {
  const { t } = useTranslation();
  const shown = useLanguage();
  return (
    <div role="group" aria-label={t("nav.language")} className={classes.group}>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          className={classes.choice}
          aria-pressed={language === shown}
          onClick={() => void onChoose(language)}
        >
          {LANGUAGE_NAMES[language]}
        </button>
      ))}
    </div>
  );
}
