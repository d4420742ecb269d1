// Signing in at another login server: what must be remembered between leaving for it and coming back.
// The students' entry begins the same way and comes back here (sessionStorage is shared by both).
import { beginProviderLogin, finishProviderLogin } from "@/api/client";
import { Problem } from "@/api/problem";

const STATE = "proctor.oidc.state";
const SECRET = "proctor.oidc.secret";
const NEXT = "proctor.oidc.next";

/** Leaves this site; `next` is the path to open afterwards. */
export async function leaveForProvider(next: string): Promise<void> {
  const begun = await beginProviderLogin();
  sessionStorage.setItem(STATE, begun.state);
  sessionStorage.setItem(SECRET, begun.browser_secret);
  sessionStorage.setItem(NEXT, next);
  window.location.assign(begun.authorization_url);
}

/** Ends what was begun in this tab, once. Gives the path that was wanted. */
export async function comeBackFromProvider(search: string): Promise<string | null> {
  const came = new URLSearchParams(search);
  const [remembered, secret, next] = [STATE, SECRET, NEXT].map((key) => sessionStorage.getItem(key));
  for (const key of [STATE, SECRET, NEXT]) sessionStorage.removeItem(key);
  const code = came.get("code");
  const state = came.get("state");
  if (came.get("error")) throw new Problem("provider_refused", { status: 401 });
  if (!code || !state || !secret || state !== remembered) {
    throw new Problem("provider_login_unknown", { status: 401 });
  }
  await finishProviderLogin({ code, state, browser_secret: secret });
  return next ?? null;
}
