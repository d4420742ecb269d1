// Signing in and out, in both languages, with keyboard and screen reader in mind.
import { expect, expectAccessible, logIn, test } from "./fixtures";

test("says what is wrong, in the language chosen a moment ago, without a reload", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Enter your e-mail address")).toBeVisible();
  await page.getByLabel("E-mail").fill("teacher@example.com");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("E-mail or password is wrong.");

  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  await page.getByRole("button", { name: "বাংলা" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("সাইন ইন");
  await expect(page.getByRole("alert")).toHaveText(/পাসওয়ার্ড/);
  await expect(page.locator("html")).toHaveAttribute("lang", "bn");
  expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("সাইন ইন");
});

test("works by keyboard alone and leads to the page that was asked for", async ({ page }) => {
  await page.goto("/people");
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel("E-mail").focus();
  await page.keyboard.type("admin@example.com");
  await page.keyboard.press("Tab");
  await page.keyboard.type("admin123");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("type", "text");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
  await expect(page.getByRole("cell", { name: "student@example.com" })).toBeVisible();
});

test("stays signed in over a reload, and ends for good with sign out", async ({ page }) => {
  await logIn(page, "teacher");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Exams");
  await page.getByRole("button", { name: /Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await page.goto("/");
  await expect(page).toHaveURL(/\/login/);
});

test("never follows a login to another site", async ({ page }) => {
  await page.goto("/login?next=//evil.example/");
  await page.getByRole("button", { name: "Teacher" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Exams");
});

test("keeps the language in the profile", async ({ page }) => {
  await logIn(page, "student");
  await page.getByRole("button", { name: "বাংলা" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("আমার পরীক্ষা");
  await page.evaluate(() => localStorage.clear());
  await page.getByRole("button", { name: "সাইন আউট" }).click();
  await page.goto("/login");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await page.getByRole("button", { name: "Student" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("আমার পরীক্ষা");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("My exams");
});

test("an account made by an administrator chooses its own password first", async ({ page, server }) => {
  const given = "given by an administrator";
  await logIn(page, "admin");
  const token = await signIn(server.url, "admin@example.com", "admin123");
  const made = await fetch(`${server.url}/api/v1/users/`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({
      email: "new@example.org",
      password: given,
      full_name: "Nadia",
      role: "teacher",
      must_change_password: true,
    }),
  });
  expect(made.ok).toBe(true);
  await page.getByRole("button", { name: /Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("E-mail").fill("new@example.org");
  await page.getByLabel("Password", { exact: true }).fill(given);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Choose your own password");
  await expectAccessible(page);
  await page.getByLabel("Present password").fill(given);
  await page.getByLabel("New password", { exact: true }).fill("her own long pass phrase");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Exams");
  await expect(page.getByText("No exams yet")).toBeVisible();
});

async function signIn(url: string, email: string, password: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`is accessible in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto("/login");
    await expect(page.getByRole("button", { name: "Teacher" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "বাংলা" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("সাইন ইন");
    await expectAccessible(page);
  });
}
