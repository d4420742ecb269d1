// What an administrator does: accounts, the institution, and a look at what runs.
import { expect, expectAccessible, logIn, test } from "./fixtures";
import { api, tokenOf } from "./sittings";

test("an administrator makes an account, is told by the bell, erases the account, finds it all in the audit log, and tries demo data", async ({ page, server }) => {
  test.setTimeout(240_000);
  const token = await tokenOf(server.url, "admin");
  await api(server.url, token, "POST", "/notifications/mark-all-read");
  await logIn(page, "admin");
  // Asked for once a minute otherwise: sooner than that it came by the socket.
  const bell = page.getByRole("button", { name: "Notifications", exact: true });
  await expect(bell).toBeVisible();
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
  const me = await api<{ id: number }>(server.url, token, "GET", "/users/me");
  await api(server.url, token, "POST", "/notifications/send", { user_ids: [me.id], title: "Tonight", message: "The server rests." });
  await expect(page.getByRole("button", { name: "Notifications, 1 unread" })).toBeVisible();

  await page.getByRole("button", { name: "More about Nadia Rahman" }).click();
  await page.getByRole("menuitem", { name: "Erase for good" }).click();
  await expect(dialog.getByText(/Nobody can bring them back/)).toBeVisible();
  const sure = dialog.getByRole("button", { name: "Erase for good" });
  await dialog.getByLabel(/^Type /).fill("nadia@example");
  await expect(sure).toBeDisabled();
  await expectAccessible(page);
  const copy = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download everything about them" }).click();
  expect((await copy).suggestedFilename()).toMatch(/^person-\d+\.zip$/);
  await dialog.getByLabel(/^Type /).fill("nadia@example.org");
  await sure.click();
  await expect(page.getByText("Nadia Rahman is erased: sittings 0, files 0.")).toBeVisible();
  await expect(page.getByRole("cell", { name: "nadia@example.org" })).toHaveCount(0);
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByLabel("Name of the institution").fill("ঢাকা কলেজ");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The institution's settings are saved.")).toBeVisible();
  for (const [section, shown] of [
    ["Roles and rights", "Sit exams"],
    ["Audit log", "Account made"],
    ["Retention", "Nothing is due."],
    ["System", "Everything works."],
    ["Demo data", "There is no demo data here."],
  ] as const) {
    await page.getByRole("link", { name: section }).click();
    await expect(page.getByText(shown).first()).toBeVisible();
  }

  await page.getByRole("button", { name: "Make demo data" }).click();
  await expect(page.getByRole("progressbar", { name: /^Being made/ })).toBeVisible();
  await expect(page.getByText(/^Here now: 6 exams, 12 students, 26 sittings\.$/)).toBeVisible({ timeout: 90_000 });
  await page.getByRole("link", { name: "Exams", exact: true }).click();
  await expect(page.getByRole("article").filter({ hasText: "CSE 101: class test" }).getByText("Demo", { exact: true })).toBeVisible();
  await page.goto("/admin/demo");
  await page.getByRole("button", { name: "Remove demo data" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove demo data" }).click();
  await expect(page.getByText("There is no demo data here.")).toBeVisible({ timeout: 90_000 });
});
