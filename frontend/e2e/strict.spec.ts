// The rules every page is sent with, in a real browser: nothing breaks the Content-Security-Policy, no header is missing.
import type { Page, Response } from "@playwright/test";
import { expect, logIn, test } from "./fixtures";
import { PASSWORD, plant, PNG, read, type World } from "./planted";
import { openBrowser, signIn } from "./room";
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
  await expect(page.locator(".mantine-Loader-root, .mantine-Skeleton-root")).toHaveCount(0);
}

async function settledRoom(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  // Some pages ask again and again; what they show first is there by then.
  await page.waitForLoadState("networkidle", { timeout: 800 }).catch(() => undefined);
}

/** In both languages, and back in the first. */
async function readBoth(page: Page, seen: string[]): Promise<void> {
  for (const language of ["বাংলা", "English"]) {
    await page.getByRole("button", { name: language, exact: true }).click();
    seen.push(await read(page));
  }
}

/** What the exam room does not show a student at all, or only in another form; the names of files lose what no file may be called. */
const STAFF = (
  "institution colleague student course tag rubric bank bank-tag group chat filename own-file objection consent message warning pause " +
  "flag end comment reason note inner reply inner-mark title-of-news news"
).split(" ");

/** U08: where somebody is decided about, a name alone does not say about whom: there may be two that look alike. */
const JUDGING = /review\/\d+$|students$|results$|grading$|people$/;

/** Of the running test; other tests on the same server find nothing of it. */
let world: World;
test.afterEach(() => world.tidy());

/** What has been planted but stands nowhere letter by letter. */
const unread = (seen: readonly string[], elsewhere: readonly string[]) =>
  [...world.words.shown].filter(([mark, words]) => !elsewhere.includes(mark) && !seen.some((text) => text.includes(words))).map(([mark]) => mark);

test("no staff page breaks a rule whatever words stand in it, and demo logins are loudly so", async ({ page, server, complaints }) => {
  world = await plant(server, page);
  await world.consent();
  const exam = `/exams/${world.examId}`;
  const seen = await watch(page, server);
  await logIn(page, "admin");
  for (const [language, words] of [["বাংলা", "ডেমো"], ["English", "demo accounts"]] as const) {
    await page.getByRole("button", { name: language, exact: true }).click();
    await expect(page.getByRole("note").filter({ hasText: words })).toBeVisible();
  }
  const texts: string[] = [];
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await expect(page.getByText("=title-of-news").first()).toBeVisible();
  texts.push(await read(page));
  const pages = [
    "/", "/review", "/bank", "/analytics", "/people", "/calendar", `/review/${world.over}`,
    ...["edit", "questions", "students", "review", "rescore", "grading", "results"].map((part) => `${exam}/${part}`),
    ...["institution", "rights", "audit", "retention", "system", "demo"].map((part) => `/admin/${part}`),
  ];
  for (const path of pages) {
    await page.goto(path);
    await settled(page);
    await readBoth(page, texts);
    if (JUDGING.test(path)) expect(texts.at(-1), path).toContain(world.email);
  }
  await page.goto(`${exam}/questions`);
  await settled(page);
  for (const question of await page.getByRole("region", { name: "Questions" }).getByRole("listitem").all()) {
    await question.getByRole("button").first().click();
    await expect(page.getByLabel(/^Explanation/).first()).toHaveValue(/^=why/);
    texts.push(await read(page));
  }
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("dialog").locator(".katex").first()).toBeAttached();
  texts.push(await read(page));
  await world.again();
  await page.goto(`${exam}/live`);
  await page.getByRole("list", { name: "Students" }).getByRole("button").click();
  await expect(page.getByText("=again").first()).toBeVisible();
  await readBoth(page, texts);
  expect(texts.at(-1)).toContain(world.email);
  expect(unread(texts, ["filename", "consent"])).toEqual([]);
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

test("no page of the exam room breaks a rule, with camera, worker and formulas, whatever words stand in it", async ({ page: other, server }) => {
  world = await plant(server, other);
  const { page, context } = await openBrowser(server);
  const seen = await watch(page, server);
  await signIn(page, "", world.email, PASSWORD);
  const texts: string[] = [];
  for (const path of ["/room", `/room/exams/${world.examId}`, "/room/practice", `/room/sittings/${world.over}/after`]) {
    await page.goto(path);
    await settledRoom(page);
    await readBoth(page, texts);
  }
  await world.consent();
  await page.goto(`/room/sittings/${await world.again()}`);
  await expect(page.getByRole("heading", { name: /^Question/ })).toBeVisible();
  await expect(page.locator(".saved")).toBeVisible();
  for (let question = 1; question < 9; question += 1) {
    texts.push(await read(page));
    await page.getByRole("button", { name: "Next", exact: true }).click();
  }
  await expect(page.locator(".katex").first()).toBeAttached();
  await page.locator('input[type="file"]').setInputFiles({ name: `${world.words.line("own-file", true)}.png`, mimeType: "image/png", buffer: PNG });
  await expect(page.getByText("=own-file").first()).toBeVisible();
  texts.push(await read(page));
  await page.locator("summary").filter({ hasText: "Appearance" }).click();
  await readBoth(page, texts);
  await page.getByRole("button", { name: /^Messages/ }).click();
  texts.push(await read(page));
  expect(unread(texts, STAFF)).toEqual([]);
  expect(seen.wrong).toEqual([]);
  expect(seen.answers).toBeGreaterThan(15);
  await context.close();
});
