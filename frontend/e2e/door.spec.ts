// Ways in without one's password: a mailed link, and another login server. Both are real and outside the server.
import { expect, expectAccessible, test as base } from "./fixtures";
import { Outside } from "./outside";
import { ProctorServer } from "./server";
import { api, tokenOf } from "./sittings";

const test = base.extend<object, { outside: Outside; connected: ProctorServer }>({
  outside: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the first parameter's shape.
    async ({}, provide) => {
      const outside = await Outside.open();
      await provide(outside);
      await outside.close();
    },
    { scope: "worker" },
  ],
  connected: [
    async ({ outside }, provide) => {
      const server = await ProctorServer.start(outside.environment);
      await provide(server);
      await server.dispose();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  server: async ({ connected }, provide) => provide(connected),
});

test("a forgotten password is replaced through the mailed link, once", async ({ page, outside, server }) => {
  const admin = await tokenOf(server.url, "admin");
  const account = { email: "nadia@example.org", full_name: "Nadia", role: "teacher", password: "what she has forgotten" };
  await api(server.url, admin, "POST", "/users/", account);
  await page.goto("/login");
  await page.getByRole("link", { name: "Forgotten your password?" }).click();
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText("Enter your e-mail address")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("E-mail").fill("nadia@example.org");
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("status")).toContainText("nadia@example.org");

  const { to, text } = await outside.mail();
  expect(to).toContain("nadia@example.org");
  const link = /\/reset-password#token=\S+/.exec(text)?.[0] ?? "";
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${server.url}${link}`);
  expect(asked.filter((one) => one.includes("token=")).every((one) => one.includes("#"))).toBe(true);
  await expectAccessible(page);
  await page.getByLabel("New password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel("New password", { exact: true }).fill("her own long pass phrase");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status")).toContainText("Your new password is saved");
  await page.getByRole("link", { name: "To the sign-in" }).click();
  await page.getByLabel("E-mail").fill("nadia@example.org");
  await page.getByLabel("Password", { exact: true }).fill("her own long pass phrase");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Exams");

  await page.goto("/login");
  await page.goto(`${server.url}${link}`);
  await page.reload();
  await page.getByLabel("New password", { exact: true }).fill("somebody else's phrase");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
});

test("another login server lets in, and only whoever left for it from here", async ({ page, browser }) => {
  await page.goto("/login?next=/calendar");
  await page.getByRole("button", { name: "Sign in with School account" }).click();
  await expect(page).toHaveURL(({ pathname }) => pathname === "/calendar");
  await expect(page.getByText("Nothing here")).toBeVisible(); // students have no calendar
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("My exams");
  const fresh = await (await browser.newContext()).newPage();
  await fresh.goto(new URL("/login/callback?code=stolen&state=of-another", page.url()).href);
  await expect(fresh.getByRole("alert")).toContainText("begun elsewhere");
  await expectAccessible(fresh);
  await fresh.getByRole("link", { name: "To the sign-in" }).click();
  await expect(fresh.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await fresh.context().close();
});
