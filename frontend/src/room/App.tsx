// Who is here, and which screen that person sees.
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { refreshToken, validCredentials } from "@/api/credentials";
import { asProblem } from "@/api/problem";
import { useUser } from "@/api/useUser";
import { Loading } from "./parts/basics";
import { Frame } from "./parts/Frame";
import { usePlace } from "./router";
import type { SignIn } from "./signIn";
import { AfterScreen } from "./screens/AfterScreen";
import { ListScreen } from "./screens/ListScreen";
import { LoginScreen } from "./screens/LoginScreen";
import { SittingScreen } from "./screens/SittingScreen";
import { WayInScreen } from "./screens/WayInScreen";

export function App() {
  const place = usePlace();
  const [signIn, retry] = useSignIn();
  if (signIn === "asking") return <Frame><Loading /></Frame>;
  // Without network the running exam opens all the same; its socket asks to sign in when there is one again.
  if (place.at === "sitting" && signIn !== "student_only") return <SittingScreen key={place.id} id={place.id} signIn={signIn} />;
  if (signIn === "in") return <Screen />;
  return (
    <Frame>
      {signIn === "offline" ? <Offline onRetry={retry} /> : null}
      {signIn === "student_only" ? <StudentsOnly /> : null}
      {signIn === "out" ? <LoginScreen onDone={retry} /> : null}
    </Frame>
  );
}

function Screen() {
  const place = usePlace();
  switch (place.at) {
    case "practice":
      return <WayInScreen examId={null} />;
    case "exam":
      return <WayInScreen key={place.id} examId={place.id} />;
    case "after":
      return <AfterScreen key={place.id} id={place.id} />;
    default:
      return <ListScreen />;
  }
}

/** Restores the sign-in of this tab; a server that is away is not a sign-out. */
function useSignIn(): [SignIn, () => void] {
  const user = useUser();
  const [state, setState] = useState<SignIn>("asking");
  const retry = useCallback(() => {
    validCredentials().then(
      () => setState("in"),
      (error: unknown) => {
        const { status } = asProblem(error);
        const away = refreshToken() !== null && (status === 0 || status === 429 || status >= 500);
        setState(away || !navigator.onLine ? "offline" : "out");
      },
    );
  }, []);
  useEffect(() => {
    retry();
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [retry]);
  if (state === "in" && !user) return ["out", retry];
  if (user) return [user.role === "student" && !user.must_change_password ? "in" : "student_only", retry];
  return [state, retry];
}

function Offline({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <section className="card narrow">
      <h1>{t("offline.title")}</h1>
      <p>{t("offline.text")}</p>
      <button type="button" className="button" onClick={onRetry}>
        {t("common.retry")}
      </button>
    </section>
  );
}

function StudentsOnly() {
  const { t } = useTranslation();
  return (
    <section className="card narrow">
      <h1>{t("staff.title")}</h1>
      <p>{t("staff.text")}</p>
      <a className="button" href="/">
        {t("staff.go")}
      </a>
    </section>
  );
}
