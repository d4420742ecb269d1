// The formats of the language now shown.
import { useTranslation } from "react-i18next";
import { type Formats, formats } from "./format";
import { isLanguage, type Language } from "./languages";

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return isLanguage(i18n.language) ? i18n.language : "en";
}

export function useFormats(): Formats {
  return formats(useLanguage());
}
