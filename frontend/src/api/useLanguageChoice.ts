// Choosing a language: at once on the page, and in the profile when somebody is signed in.
import { useCallback } from "react";
import { type Language, switchLanguage } from "@/lib/languages";
import { answered, api } from "./client";
import { currentCredentials, replaceUser } from "./credentials";

export async function saveLanguage(language: Language): Promise<void> {
  const signedIn = currentCredentials();
  if (!signedIn || signedIn.user.preferred_language === language) return;
  replaceUser(await answered(api.PUT("/api/v1/users/me", { body: { preferred_language: language } })));
}

export function useLanguageChoice(): (language: Language) => Promise<void> {
  return useCallback(async (language: Language) => {
    await switchLanguage(language);
    // The page already speaks the new language; a profile that could not be saved is tried again with the next choice.
    await saveLanguage(language).catch(() => undefined);
  }, []);
}
