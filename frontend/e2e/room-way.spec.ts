// The student's whole way, from signing in to the receipt, on a laptop and on a phone, in both languages.
import type { Page, TestInfo } from "@playwright/test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, expectAccessible, test } from "./fixtures";
import { expectKeyboard } from "./keys";
import { Api, makeExam, openBrowser, QUESTIONS } from "./room";
import { ROOT } from "./server";

type Tree = { [key: string]: string | Tree };

function words(language: "en" | "bn", catalogue: string): (key: string, values?: Record<string, string>) => string {
  const tree = JSON.parse(readFileSync(join(ROOT, "locales", language, `${catalogue}.json`), "utf8")) as Tree;
  return (key, values = {}) => {
    const found = key.split(".").reduce<string | Tree>((node, part) => (node as Tree)[part] ?? "", tree);
    return String(found).replaceAll(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? "");
  };
}

async function look(page: Page, info: TestInfo, name: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  await expectAccessible(page);
  await expectKeyboard(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} is wider than the screen`).toBeLessThanOrEqual(width);
  // A key that has no words would be read by somebody in an exam.
  await expect(page.getByText(/^(after|room|check|list|start|submit|entrance|consent)[.]/)).toHaveCount(0);
  await page.screenshot({ path: info.outputPath(`${name}-${width}.png`), fullPage: true });
}

const digits = (language: "en" | "bn", n: number) => new Intl.NumberFormat(language === "bn" ? "bn-BD" : "en-GB").format(n);

for (const { language, width, height } of [
  { language: "en", width: 1366, height: 768 },
  { language: "bn", width: 390, height: 844 },
] as const) {
  test(`from signing in to the receipt, in ${language} at ${width}×${height}`, async ({ server }, info) => {
    const t = words(language, "room");
    const q = words(language, "question");
    const title = `General knowledge ${language}`;
    const exam = await makeExam(await Api.as(server, "teacher"), title, QUESTIONS, { allow_calculator: true, enable_identity_check: true });
    const { page, context } = await openBrowser(server, { width, height });
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (said) => {
      if (/Content.Security.Policy/i.test(said.text())) complaints.push(said.text());
    });

    await page.goto("/room");
    await page.getByRole("button", { name: language === "bn" ? "বাংলা" : "English" }).click();
    await page.getByLabel(t("login.email")).fill("student@example.com");
    await page.getByLabel(t("login.password")).fill("student123");
    await look(page, info, "1-login");
    await page.getByRole("button", { name: t("login.submit"), exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(t("list.title"));
    await look(page, info, "2-list");

    await page.getByRole("link", { name: `${t("list.start")}: ${title}` }).click();
    await expect(page.getByRole("heading", { name: t("consent.title") })).toBeVisible();
    for (const box of await page.getByRole("checkbox").all()) await box.check();
    await look(page, info, "3-rules");
    await page.getByRole("button", { name: t("consent.agree") }).click();
    await expect(page.locator('.check[data-result="good"]').filter({ hasText: t("check.face.name") })).toBeVisible({ timeout: 20_000 });
    const leavesSomethingOpen = language === "bn";
    if (!leavesSomethingOpen) await page.getByRole("button", { name: t("check.heard") }).click();
    await look(page, info, "4-check");
    await page.getByRole("button", { name: new RegExp(`^(${t("check.goOn")}|${t("check.goOnAnyway")})$`) }).click();
    if (leavesSomethingOpen) {
      await expect(page.getByRole("heading", { name: t("start.titleOpen") })).toBeVisible();
      await expect(page.locator(".notice").filter({ hasText: t("check.speaker.name") })).toContainText(t("start.open"));
    }
    await look(page, info, "4-start");
    await page.getByRole("button", { name: t("start.go"), exact: true }).click();
    await page.getByRole("button", { name: t("entrance.take") }).click();
    await expect(page.getByRole("heading", { name: t("entrance.ready.title") })).toBeVisible();
    await look(page, info, "5-entrance");
    await page.getByRole("button", { name: t("entrance.begin") }).click();

    await expect(page.getByRole("heading", { name: t("room.questionOf", { n: digits(language, 1), all: digits(language, 11) }) })).toBeVisible();
    await answerAll(page, language, q);
    await expect(page.locator(".saved")).toHaveAttribute("data-state", "server");
    await expect(page.getByRole("button", { name: t("room.questionN", { n: digits(language, 11) }) }).first(), "where one is, is in sight").toBeInViewport();
    await look(page, info, "6-room");
    await page.getByRole("button", { name: t("room.submit") }).click();
    await expect(page.getByText(t("submit.answered", { n: digits(language, 10), all: digits(language, 11) }))).toBeVisible();
    await look(page, info, "7-submit");
    await page.getByRole("button", { name: t("submit.go"), exact: true }).click();
    await expect(page.getByText(t("after.allThere"))).toBeVisible({ timeout: 30_000 });
    await look(page, info, "8-after");
    const api = await Api.as(server, "teacher");
    const sittings = await api.call<{ id: number; state: string }[]>("GET", `/proctoring/sessions/${exam}`);
    expect(sittings.map(({ state }) => state)).toEqual(["submitted"]);
    expect(complaints).toEqual([]);
    await page.goto("/room/exams/987654");
    await page.getByRole("main").getByRole("link", { name: t("nav.home") }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(t("list.title"));
    await context.close();
  });
}

/** Ten of eleven questions, by the means that a keyboard has. */
async function answerAll(page: Page, language: "en" | "bn", q: ReturnType<typeof words>): Promise<void> {
  const t = words(language, "room");
  const next = () => page.getByRole("button", { name: t("room.next"), exact: true }).click();
  const main = page.locator("main");
  await main.getByRole("radio").first().check();
  await next();
  await main.getByRole("checkbox").first().check();
  await next();
  await main.getByRole("radio").first().check();
  await next();
  await main.getByRole("textbox").fill("ঢাকা");
  await next();
  await main.getByRole("textbox").fill("১৪৪");
  await next();
  await main.getByRole("textbox", { name: q("blank", { n: digits(language, 1) }) }).fill("পূর্ব");
  await next();
  for (const list of await main.getByRole("combobox").all()) await list.selectOption({ index: 1 });
  await next();
  await main.getByRole("button", { name: "↓" }).or(main.locator("ol button")).nth(1).press("Enter");
  await next();
  await main.getByRole("textbox").pressSequentially("আমার গ্রাম");
  await main.getByRole("button", { name: t("room.flag") }).click();
  await next();
  const code = main.getByRole("textbox");
  await code.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Tab");
  await page.keyboard.type("pass");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(code).not.toBeFocused();
  await next();
}
