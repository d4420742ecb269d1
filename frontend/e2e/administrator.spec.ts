// What an administrator does: accounts, the institution, and a look at what runs.
import { expect, logIn, test } from "./fixtures";

test("an administrator makes an account, finds it in the audit log, and sees the system", async ({ page }) => {
  await logIn(page, "admin");
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("button", { name: "New account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Nadia Rahman");
  await dialog.getByRole("textbox", { name: "E-mail" }).fill("nadia@example.org");
  await dialog.getByLabel("First password").fill("a long first pass phrase");
  await dialog.getByRole("button", { name: "New account" }).click();
  await expect(page.getByRole("cell", { name: "nadia@example.org" })).toBeVisible();
  await page.getByRole("button", { name: "More about Nadia Rahman" }).click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await expect(page.getByRole("row", { name: /nadia/ })).toContainText("Disabled");
  await page.getByRole("alert").or(page.getByText(/can no longer sign in/)).first().waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("row", { name: /nadia/ })).toContainText("Active");
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByLabel("Name of the institution").fill("ঢাকা কলেজ");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The institution's settings are saved.")).toBeVisible();
  for (const [section, shown] of [
    ["Roles and rights", "Sit exams"],
    ["Audit log", "Account made"],
    ["Retention", "Nothing is due."],
    ["System", "Everything works."],
  ] as const) {
    await page.getByRole("link", { name: section }).click();
    await expect(page.getByText(shown).first()).toBeVisible();
  }
});
