// A first-time teacher makes an exam; a student sees it.
import { createExam, expect, expectAccessible, logIn, test } from "./fixtures";

test("an exam is created, changed, seen by a student, and deleted", async ({ page, browser, server }) => {
  await logIn(page, "teacher");
  await page.getByRole("button", { name: "Create exam" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create exam" }).click();
  await expect(dialog.getByText("Give the exam a title")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await createExam(page, "বাংলা ব্যাকরণ");

  const student = await (await browser.newContext({ baseURL: server.url })).newPage();
  await logIn(student, "student");
  await expect(student.getByRole("link", { name: "Start: বাংলা ব্যাকরণ" })).toBeVisible();
  await expectAccessible(student);
  await student.context().close();

  const card = page.getByRole("article").filter({ hasText: "বাংলা ব্যাকরণ" });
  await card.getByRole("button", { name: /More about/ }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByLabel("Title").fill("Grammar");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Grammar");
  await page.getByRole("link", { name: "Exams", exact: true }).click();
  const renamed = page.getByRole("article").filter({ hasText: "Grammar" });
  await expect(renamed).toBeVisible();
  await expectAccessible(page);

  await renamed.getByRole("button", { name: /More about/ }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(renamed).toHaveCount(0);
});

test("a draft stays hidden until it is published", async ({ page }) => {
  await logIn(page, "teacher");
  await page.getByRole("button", { name: "Create exam" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Quiz");
  await dialog.getByRole("switch", { name: "Publish at once" }).uncheck();
  await dialog.getByRole("button", { name: "Create exam" }).click();
  const card = page.getByRole("article").filter({ hasText: "Quiz" });
  await expect(card.getByText("Draft")).toBeVisible();
  await card.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await expect(card.getByText("Published")).toBeVisible();
});
