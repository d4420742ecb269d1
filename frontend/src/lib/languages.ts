// The two languages of the product: loading their catalogues, switching, remembering.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["en", "bn"] as const;
export type Language = (typeof LANGUAGES)[number];

const STORAGE_KEY = "proctor.language";
let namespaces: readonly string[] = [];

/** Names of the languages in themselves, so that anyone finds their own. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", bn: "বাংলা" };

// One lazily loaded file per language and part, from the catalogue that the server reads too.
const FILES = import.meta.glob<{ default: object }>("../../../locales/{en,bn}/*.json");

async function loadCatalogue(language: Language): Promise<Record<string, object>> {
  const parts = await Promise.all(
    namespaces.map(async (name) => [name, (await FILES[`../../../locales/${language}/${name}.json`]?.())?.default ?? {}]),
  );
  return Object.fromEntries(parts) as Record<string, object>;
}

export function isLanguage(text: unknown): text is Language {
  return LANGUAGES.includes(text as Language);
}

/** The language the page is in now. */
export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "en";
}

/** The language chosen on this device, else the browser's, else English. */
export function initialLanguage(): Language {
  const stored = localStorage.getItem(STORAGE_KEY);
  if (isLanguage(stored)) return stored;
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith("bn")) ? "bn" : "en";
}

/** `parts`: the catalogues this page needs; the first is the one whose keys need no prefix. */
export async function startLanguages(parts: readonly [string, ...string[]]): Promise<void> {
  namespaces = parts;
  const language = initialLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    // Catalogues are kept equal by a test, so there is nothing to fall back to, and no second catalogue to load.
    fallbackLng: false,
    ns: [...namespaces],
    defaultNS: parts[0],
    resources: { [language]: await loadCatalogue(language) },
    // The placeholders of Python's str.format, because the server reads the same files. React does the escaping.
    interpolation: { prefix: "{", suffix: "}", escapeValue: false },
    react: { useSuspense: false },
  });
  mark(language);
}

/** Switches the whole page without a reload and remembers the choice on this device. */
export async function switchLanguage(language: Language): Promise<void> {
  if (!namespaces.every((name) => i18next.hasResourceBundle(language, name))) {
    for (const [name, bundle] of Object.entries(await loadCatalogue(language))) {
      i18next.addResourceBundle(language, name, bundle);
    }
  }
  await i18next.changeLanguage(language);
  localStorage.setItem(STORAGE_KEY, language);
  mark(language);
}

function mark(language: Language): void {
  document.documentElement.lang = language;
}
