// Who is signed in on this tab, and the tokens that prove it.
import { Problem, problemFrom } from "./problem";
import type { Tokens, User } from "./types";

// The access token lives in memory only: a script that gets into the page later, or a copied disk, finds none.
// The refresh token is kept in sessionStorage, so that a reload keeps a teacher at the wall; it ends with the tab and is
// never shared between tabs, because the server rotates it and two tabs using one token would sign each other out.
const STORAGE_KEY = "proctor.refresh";
const EARLY_MS = 30_000;
const REFRESH_MS = 20_000;

export type Credentials = { user: User; accessToken: string; validUntil: number };

let current: Credentials | null = null;
let refreshing: Promise<Credentials> | null = null;
const listeners = new Set<() => void>();

export function currentCredentials(): Credentials | null {
  return current;
}

export function onCredentialsChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function refreshToken(): string | null {
  return sessionStorage.getItem(STORAGE_KEY);
}

export function accept(tokens: Tokens): Credentials {
  sessionStorage.setItem(STORAGE_KEY, tokens.refresh_token);
  current = {
    user: tokens.user,
    accessToken: tokens.access_token,
    validUntil: Date.now() + tokens.expires_in * 1000,
  };
  tell();
  return current;
}

export function replaceUser(user: User): void {
  if (!current) return;
  current = { ...current, user };
  tell();
}

export function forget(): void {
  sessionStorage.removeItem(STORAGE_KEY);
  current = null;
  tell();
}

/** Credentials that will still be valid when a request arrives; refreshes first where needed. Throws a Problem. */
export async function validCredentials(): Promise<Credentials> {
  if (current && current.validUntil - EARLY_MS > Date.now()) return current;
  return refresh();
}

/** Exchanges the refresh token. All callers of one moment share one request: a rotated token works only once. */
export function refresh(): Promise<Credentials> {
  refreshing ??= exchange().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function exchange(): Promise<Credentials> {
  const token = refreshToken();
  if (!token) {
    forget();
    throw new Problem("not_authenticated", { status: 401 });
  }
  const response = await fetch("/api/v1/auth/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ refresh_token: token }),
    // All callers share this request: on a dead line it must not hold them for good.
    signal: AbortSignal.timeout(REFRESH_MS),
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return accept(body as Tokens);
  // Only a refusal ends the sign-in: a server that is restarting (5xx) or slow (429) must not throw a teacher out.
  if (response.status >= 400 && response.status < 500 && response.status !== 429) forget();
  throw problemFrom(response.status, body);
}

function tell(): void {
  for (const listener of listeners) listener();
}
