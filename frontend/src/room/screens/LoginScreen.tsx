// Signing in; also within a running exam whose sign-in has ended.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { demoMode, logIn } from "@/api/client";
import { saveLanguage } from "@/api/useLanguageChoice";
import { currentLanguage, isLanguage, switchLanguage } from "@/lib/languages";
import { hasChosen } from "../languageChoice";
import { Trouble } from "../parts/basics";

const DEMO = { email: "student@example.com", password: "student123" };

export function LoginScreen({ onDone, inside }: { onDone: () => void; inside?: boolean }) {
  const { t } = useTranslation();
  return (
    <section className={inside ? "" : "card narrow"}>
      {inside ? null : <h1>{t("login.title")}</h1>}
      <LoginForm onDone={onDone} />
      {inside ? null : <OtherWays />}
    </section>
  );
}

/** A forgotten password, and the institution's own login: pages of the other application, which send students back here. */
function OtherWays() {
  const { t } = useTranslation();
  const provider = useQuery({ queryKey: ["provider"], queryFn: provided, staleTime: Infinity });
  return (
    <>
      {provider.data?.enabled ? (
        <a className="button quiet" href="/login">
          {t("login.provider", { name: provider.data.name })}
        </a>
      ) : null}
      <p>
        <a href="/forgot-password">{t("login.forgot")}</a>
      </p>
    </>
  );
}

async function provided(): Promise<{ enabled: boolean; name: string }> {
  const response = await fetch("/api/v1/auth/social-login");
  if (!response.ok) return { enabled: false, name: "" };
  return (await response.json()) as { enabled: boolean; name: string };
}

function LoginForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const demo = useQuery({ queryKey: ["demo-mode"], queryFn: demoMode, staleTime: Infinity });
  const signIn = async (email: string, password: string) => {
    setBusy(true);
    setError(null);
    try {
      const { user } = await logIn(email.trim(), password);
      if (hasChosen()) await saveLanguage(currentLanguage()).catch(() => undefined);
      else if (isLanguage(user.preferred_language)) await switchLanguage(user.preferred_language);
      onDone();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void signIn(String(form.get("email")), String(form.get("password")));
  };
  return (
    <form onSubmit={onSubmit} className="stack">
      {error ? <Trouble error={error} /> : null}
      <label className="field">
        {t("login.email")}
        <input name="email" type="email" autoComplete="username" required />
      </label>
      <label className="field">
        {t("login.password")}
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button type="submit" className="button" disabled={busy}>
        {t("login.submit")}
      </button>
      {demo.data ? (
        <button type="button" className="button quiet" disabled={busy} onClick={() => void signIn(DEMO.email, DEMO.password)}>
          {t("login.demo")}
        </button>
      ) : null}
    </form>
  );
}
