// Who is signed in on this tab, and the tokens that prove it.
import { Problem, problemFrom } from "./problem";
import type { Tokens, User } from "./types";

// The access token lives in memory only: a script that gets into the page later, or a copied disk, finds none.
// The refresh token is kept in sessionStorage, so that a reload keeps a teacher at the wall; it ends with the tab. The
// server takes each one once. A duplicated tab begins with a copy: one tab at a time exchanges, and hands on what it got.
const STORAGE_KEY = "proctor.refresh";
const LOCK = "proctor.refresh";
const EARLY_MS = 30_000;
const REFRESH_MS = 20_000;

export type Credentials = { user: User; accessToken: string; validUntil: number };

let current: Credentials | null = null;
let refreshing: Promise<Credentials> | null = null;
const listeners = new Set<() => void>();

/** In memory only, to this site's open tabs; on a page that is not secure there may be neither this nor locks. */
const twins = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(LOCK);
twins?.addEventListener("message", ({ data }: MessageEvent<{ spent: string; tokens: Tokens }>) => {
  if (refreshToken() === data.spent) accept(data.tokens);
});

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

/** Exchanges the refresh token. All callers of one moment, in all tabs, share one request: a token works only once. */
export function refresh(): Promise<Credentials> {
  refreshing ??= alone().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** A reload lets go of the lock in the middle of it; the server then takes the same token again for a moment. */
async function alone(): Promise<Credentials> {
  const held = refreshToken();
  // A twin may have handed on a new one while this tab waited for its turn.
  const inTurn = () => (current && refreshToken() !== held ? Promise.resolve(current) : exchange());
  const locks = navigator.locks as LockManager | null | undefined;
  return locks ? locks.request(LOCK, inTurn) : inTurn();
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
  if (response.ok) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin than this one.
    twins?.postMessage({ spent: token, tokens: body });
    return accept(body as Tokens);
  }
  // Only a refusal ends the sign-in: a server that is restarting (5xx) or slow (429) must not throw a teacher out.
  if (response.status >= 400 && response.status < 500 && response.status !== 429) forget();
  throw problemFrom(response.status, body);
}

function tell(): void {
  for (const listener of listeners) listener();
}
