// Signing in and staying signed in: one refresh for all, one retry, and out on refusal.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signedFetch } from "./client";
import { accept, currentCredentials, forget, refreshToken, validCredentials } from "./credentials";
import type { Tokens } from "./types";

const USER = { id: 1, email: "t@example.com", full_name: "T", role: "teacher", preferred_language: "en", is_active: true };

function tokens(number: number, seconds = 900): Tokens {
  return {
    access_token: `access-${number}`,
    refresh_token: `refresh-${number}`,
    token_type: "bearer",
    expires_in: seconds,
    user: USER as Tokens["user"],
  };
}

/** A server that knows one valid access token and rotates refresh tokens; `refreshes` says what it was given. */
function scriptedServer(options: { valid: string; refuse?: number }) {
  const seen = { refreshes: [] as string[], bodies: [] as string[] };
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    if (typeof input === "string") {
      seen.refreshes.push((JSON.parse(String(init?.body)) as { refresh_token: string }).refresh_token);
      if (options.refuse) return Response.json({ detail: "no", code: "token_invalid" }, { status: options.refuse });
      return Response.json(tokens(2));
    }
    seen.bodies.push(await input.text());
    const allowed = input.headers.get("Authorization") === `Bearer ${options.valid}`;
    return Response.json({}, { status: allowed ? 200 : 401 });
  });
  return seen;
}

const request = () => new Request("http://localhost/api/v1/exams/", { method: "POST", body: "hello" });

describe("signedFetch", () => {
  beforeEach(() => sessionStorage.clear());
  afterEach(() => {
    forget();
    vi.unstubAllGlobals();
  });

  it("refreshes after a 401 and sends the same request, body and all, once more", async () => {
    accept(tokens(1));
    const seen = scriptedServer({ valid: "access-2" });
    expect((await signedFetch(request())).status).toBe(200);
    expect(seen).toEqual({ refreshes: ["refresh-1"], bodies: ["hello", "hello"] });
  });

  it("uses one refresh for requests that fail together", async () => {
    accept(tokens(1));
    const seen = scriptedServer({ valid: "access-2" });
    const answers = await Promise.all([signedFetch(request()), signedFetch(request()), signedFetch(request())]);
    expect(answers.map((one) => one.status)).toEqual([200, 200, 200]);
    expect(seen.refreshes).toEqual(["refresh-1"]);
  });

  it("refreshes beforehand when the access token is about to end", async () => {
    accept(tokens(1, 5));
    const seen = scriptedServer({ valid: "access-2" });
    await signedFetch(request());
    expect(seen.bodies).toHaveLength(1);
  });

  it("signs out when the refresh is refused", async () => {
    accept(tokens(1, 0));
    scriptedServer({ valid: "access-2", refuse: 401 });
    await expect(signedFetch(request())).rejects.toMatchObject({ code: "token_invalid" });
    expect([currentCredentials(), refreshToken()]).toEqual([null, null]);
  });

  it("stays signed in while the server restarts", async () => {
    accept(tokens(1, 0));
    scriptedServer({ valid: "access-2", refuse: 503 });
    await expect(validCredentials()).rejects.toMatchObject({ status: 503 });
    expect(refreshToken()).toBe("refresh-1");
  });

  it("takes what a duplicated tab got for the same token, and nothing else", async () => {
    accept(tokens(1));
    const twin = new BroadcastChannel("proctor.refresh");
    const say = (spent: string, number: number) => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin than this one.
      twin.postMessage({ spent, tokens: tokens(number) });
    };
    say("refresh-of-somebody-else", 7);
    say("refresh-1", 2);
    await vi.waitFor(() => expect(refreshToken()).toBe("refresh-2"));
    expect(currentCredentials()?.accessToken).toBe("access-2");
    twin.close();
  });
});
