// The rules every page is sent with, in a real browser: nothing breaks the Content-Security-Policy, no header is missing.
import type { Page, Response } from "@playwright/test";
import { expect, logIn, test } from "./fixtures";
import { Api, enterRoom, makeExam, openBrowser, QUESTIONS, signIn } from "./room";
import type { ProctorServer } from "./server";

const HEADERS: Record<string, RegExp> = {
  "content-security-policy": /^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'$/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^no-referrer$/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
  // Without window-management a second screen would look like none.
  "permissions-policy": /camera=\(self\).*microphone=\(self\).*display-capture=\(self\).*window-management=\(self\).*geolocation=\(\)/,
};

type Watched = { wrong: string[]; answers: number };

/** What this page breaks, says in its console, or gets without a header. */
async function watch(page: Page, server: ProctorServer): Promise<Watched> {
  const seen: Watched = { wrong: [], answers: 0 };
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      console.error(`policy: ${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`);
    });
  });
  page.on("console", (said) => {
    // An answer such as "no consent given yet" is 404 by design; what the policy stops is said in other words.
    if (said.type() === "error" && !/^Failed to load resource.* 4\d\d/.test(said.text())) seen.wrong.push(`${new URL(page.url()).pathname}: ${said.text()}`);
  });
  page.on("pageerror", (error) => seen.wrong.push(`${new URL(page.url()).pathname}: ${error.message}`));
  page.on("response", (response) => {
    if (!response.url().startsWith(server.url)) {
      if (/^https?:/.test(response.url())) seen.wrong.push(`somebody else was asked: ${response.url()}`);
      return;
    }
    seen.answers += 1;
    seen.wrong.push(...missing(response));
  });
  return seen;
}

function missing(response: Response): string[] {
  const headers = response.headers();
  const path = new URL(response.url()).pathname;
  const wrong = Object.entries(HEADERS)
    .filter(([name, form]) => !form.test(headers[name] ?? ""))
    .map(([name]) => `${path}: ${name} is ${headers[name]}`);
  if (path.startsWith("/api/") && headers["cache-control"] !== "no-store") wrong.push(`${path}: may be cached`);
  if (headers["server"] ?? headers["x-powered-by"]) wrong.push(`${path}: says what it is`);
  return wrong;
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  // Some pages ask again and again; what they show first is there by then.
  await page.waitForLoadState("networkidle", { timeout: 800 }).catch(() => undefined);
}

test("no staff page breaks a rule, and demo logins are loudly so", async ({ page, server, complaints }) => {
  const teacher = await Api.as(server, "teacher");
  const exam = await makeExam(teacher, "Rules", QUESTIONS.slice(0, 6));
  const student = await Api.as(server, "student");
  const { id: sitting } = await student.call<{ id: number }>("POST", "/proctoring/start-session", { exam_id: exam });
  await student.call("POST", `/proctoring/end-session/${sitting}`);
  const seen = await watch(page, server);
  await logIn(page, "admin");
  for (const [language, words] of [["বাংলা", "ডেমো"], ["English", "demo accounts"]] as const) {
    await page.getByRole("button", { name: language, exact: true }).click();
    await expect(page.getByRole("note").filter({ hasText: words })).toBeVisible();
  }
  const pages = [
    "/review", "/bank", "/analytics", "/people", "/calendar", `/review/${sitting}`,
    ...["edit", "questions", "students", "review", "rescore", "grading", "results"].map((part) => `/exams/${exam}/${part}`),
    ...["institution", "rights", "audit", "retention", "system"].map((part) => `/admin/${part}`),
  ];
  for (const path of pages) {
    await page.goto(path);
    await settled(page);
  }
  await page.goto(`/exams/${exam}/live`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(seen.wrong).toEqual([]);
  expect(seen.answers).toBeGreaterThan(pages.length * 3);

  // The watcher itself: what is forbidden is stopped, and noticed.
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.name = 'it ran'";
    document.body.append(script);
  });
  await expect.poll(() => seen.wrong.some((one) => one.includes("policy: script-src-elem"))).toBe(true);
  expect(await page.evaluate(() => window.name)).toBe("");
  complaints.length = 0;
});

test("no page of the exam room breaks a rule, with camera, worker and formulas", async ({ server }) => {
  const exam = await makeExam(await Api.as(server, "teacher"), "Room rules", QUESTIONS, { allow_calculator: true });
  const { page, context } = await openBrowser(server);
  const seen = await watch(page, server);
  await signIn(page);
  for (const path of [`/room/exams/${exam}`, "/room/practice"]) {
    await page.goto(path);
    await settled(page);
  }
  const sitting = await enterRoom(page, server, exam);
  await expect(page.locator(".saved")).toBeVisible();
  for (let question = 1; question < 5; question += 1) await page.getByRole("button", { name: "Next", exact: true }).click();
  await expect(page.locator(".katex").first()).toBeVisible();
  const student = await Api.as(server, "student");
  await student.call("POST", `/proctoring/end-session/${sitting}`);
  await page.goto(`/room/sittings/${sitting}/after`);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  expect(seen.wrong).toEqual([]);
  expect(seen.answers).toBeGreaterThan(15);
  await context.close();
});
