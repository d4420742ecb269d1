// /login: sign in, in the language of one's choice.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import type { Tokens } from "@/api/types";
import { saveLanguage } from "@/api/useLanguageChoice";
import { LoginForm } from "@/features/auth/LoginForm";
import { currentLanguage, isLanguage, switchLanguage } from "@/lib/languages";
import { DoorPage } from "./DoorPage";

export function LoginPage() {
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/login" });
  const chosenHere = useRef(false);

  // A language picked on this page a moment ago outranks the profile's; otherwise the profile decides.
  const onLoggedIn = async ({ user }: Tokens) => {
    if (chosenHere.current) await saveLanguage(currentLanguage()).catch(() => undefined);
    else if (isLanguage(user.preferred_language)) await switchLanguage(user.preferred_language);
    await navigate({ to: next ?? "/", replace: true });
  };

  return (
    <DoorPage
      onLanguage={() => {
        chosenHere.current = true;
      }}
    >
      <LoginForm next={next ?? "/"} onLoggedIn={onLoggedIn} />
    </DoorPage>
  );
}
