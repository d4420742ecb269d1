// /login: sign in, in the language of one's choice.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import type { Tokens } from "@/api/types";
import { saveLanguage, useLanguageChoice } from "@/api/useLanguageChoice";
import { LoginForm } from "@/features/auth/LoginForm";
import { currentLanguage, isLanguage, type Language, switchLanguage } from "@/lib/languages";
import { Brand } from "@/ui/Brand";
import { ColorSchemeSwitch } from "@/ui/ColorSchemeSwitch";
import { LanguageSwitch } from "@/ui/LanguageSwitch";
import { DemoBar } from "../DemoBar";
import classes from "./LoginPage.module.css";

export function LoginPage() {
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/login" });
  const choose = useLanguageChoice();
  const chosenHere = useRef(false);

  const onChoose = (language: Language) => {
    chosenHere.current = true;
    return choose(language);
  };

  // A language picked on this page a moment ago outranks the profile's; otherwise the profile decides.
  const onLoggedIn = async ({ user }: Tokens) => {
    if (chosenHere.current) await saveLanguage(currentLanguage()).catch(() => undefined);
    else if (isLanguage(user.preferred_language)) await switchLanguage(user.preferred_language);
    await navigate({ to: next ?? "/", replace: true });
  };

  return (
    <div className={classes.page}>
      <DemoBar />
      <header className={classes.header}>
        <Brand />
        <div className={classes.tools}>
          <LanguageSwitch onChoose={onChoose} />
          <ColorSchemeSwitch />
        </div>
      </header>
      <main className={classes.main}>
        <LoginForm onLoggedIn={onLoggedIn} />
      </main>
    </div>
  );
}
