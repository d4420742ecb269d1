// What every browser test starts from: a running server, a signed-in user, no broken Content-Security-Policy.
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { ProctorServer } from "./server";
import { offerBrowser } from "./devices";
import { api, tokenOf } from "./sittings";

export { expect } from "@playwright/test";

export const test = base.extend<{ complaints: string[]; server: ProctorServer }, { running: ProctorServer; theBrowser: void }>({
  // A start costs seven seconds of a processor, so a worker keeps one for all its files: name what you make as nobody else does.
  running: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the first parameter's shape.
    async ({}, provide) => {
      const server = await ProctorServer.start();
      await provide(server);
      await server.dispose();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  theBrowser: [
    async ({ browser }, provide) => {
      offerBrowser(browser);
      await provide();
    },
    { scope: "worker", auto: true },
  ],
  server: async ({ running }, provide) => {
    await speakEnglish(running);
    await provide(running);
  },
  baseURL: async ({ server }, provide) => provide(server.url),
  complaints: [
    async ({ page }, provide) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
      });
      await provide(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** Whatever language the test before has left in the profiles of the demo accounts. */
async function speakEnglish(server: ProctorServer): Promise<void> {
  const roles = ["admin", "teacher", "student"] as const;
  const tokens = await Promise.all(roles.map((role) => tokenOf(server.url, role)));
  await Promise.all(tokens.map((token) => api(server.url, token, "PUT", "/users/me", { preferred_language: "en" })));
}

export async function logIn(page: Page, role: "teacher" | "student" | "admin"): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(`${role}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill(`${role}123`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(role === "student" ? "My exams" : "Exams");
}

/** Creates and publishes an exam that is open now, through the page; gives its id. */
export async function createExam(page: Page, title: string): Promise<number> {
  await page.getByRole("button", { name: "Create exam" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill(title);
  await dialog.getByRole("button", { name: "Create exam" }).click();
  const card = page.getByRole("article").filter({ hasText: title });
  await expect(card.getByText("Published")).toBeVisible();
  const href = await card.getByRole("link", { name: "Watch live" }).getAttribute("href");
  return Number(/exams\/(\d+)\/live/.exec(href ?? "")?.[1]);
}

/** No serious or critical fault by WCAG 2.2 A and AA; `within`: of this part alone, where the rest was looked at before. */
export async function expectAccessible(page: Page, within = "html"): Promise<void> {
  const found = await new AxeBuilder({ page })
    .include(within)
    // What is right need not be listed in full.
    .options({ resultTypes: ["violations"] })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    // Without a page of its own for each run, which only frames from elsewhere would need.
    .setLegacyMode()
    .analyze();
  const faults = found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  expect(faults).toEqual([]);
}
