// The one way to the server's HTTP API: typed requests that sign themselves and survive an expired access token.
import createClient from "openapi-fetch";
import { accept, forget, refresh, refreshToken, validCredentials } from "./credentials";
import { asProblem, problemFrom } from "./problem";
import type { paths } from "./schema.gen";
import type { ProviderLogin, Tokens } from "./types";

/** Sends a request with the access token; on 401 refreshes and tries once more. Throws a Problem when not signed in. */
export async function signedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(signed(request, (await validCredentials()).accessToken));
  if (response.status !== 401) return response;
  const retried = await fetch(signed(again, (await refresh()).accessToken));
  if (retried.status === 401) forget();
  return retried;
}

function signed(request: Request, accessToken: string): Request {
  request.headers.set("Authorization", `Bearer ${accessToken}`);
  return request;
}

export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: signedFetch });
const open = createClient<paths>({ baseUrl: window.location.origin });

/** Unwraps an openapi-fetch answer: the data, or a thrown Problem. */
export async function answered<T>(pending: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  try {
    const { data, error, response } = await pending;
    if (!response.ok) throw problemFrom(response.status, error);
    return data as T;
  } catch (error) {
    throw asProblem(error);
  }
}

export async function logIn(email: string, password: string): Promise<Tokens> {
  const tokens = await answered(open.POST("/api/v1/auth/login", { body: { email, password } }));
  accept(tokens);
  return tokens;
}

/** Ends the sign-in here at once and on the server if it can be reached. */
export async function logOut(): Promise<void> {
  const token = refreshToken();
  forget();
  if (token) await open.POST("/api/v1/auth/logout", { body: { refresh_token: token } }).catch(() => undefined);
}

/** Mails a link for a new password, if there is such an account; the answer is the same where there is none. */
export async function askForReset(email: string): Promise<void> {
  await answered(open.POST("/api/v1/auth/forgot-password", { body: { email } }));
}

/** `token` is the mailed link's. */
export async function resetPassword(token: string, wanted: string): Promise<void> {
  await answered(open.POST("/api/v1/auth/reset-password", { body: { token, new_password: wanted } }));
}

/** What anybody may know of the institution. */
export function publicInstitution() {
  return answered(open.GET("/api/v1/institution/public"));
}

/** Whether people can sign in at another login server, and what it is called. */
export function providerOffer() {
  return answered(open.GET("/api/v1/auth/social-login"));
}

export async function beginProviderLogin(): Promise<ProviderLogin> {
  return (await answered(open.POST("/api/v1/auth/social-login", { body: {} }))) as ProviderLogin;
}

export async function finishProviderLogin(came: { code: string; state: string; browser_secret: string }): Promise<void> {
  accept((await answered(open.POST("/api/v1/auth/social-login", { body: came }))) as Tokens);
}

/** Whether the server says that its demo logins work. */
export async function demoMode(): Promise<boolean> {
  const response = await fetch("/api/v1/");
  return response.headers.get("X-Demo-Mode") === "1";
}

/** A picture that only the signed-in may see; `path` is a path on this server. */
export async function fetchPicture(path: string): Promise<Blob> {
  try {
    const response = await signedFetch(new Request(new URL(path, window.location.origin)));
    if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
    return await response.blob();
  } catch (error) {
    throw asProblem(error);
  }
}
