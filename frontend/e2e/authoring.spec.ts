// Questions from a file, into the bank, through the preview; an exam's checklist and its copy.
import { readFile } from "node:fs/promises";
import { createExam, expect, expectAccessible, logIn, test } from "./fixtures";
import { api, tokenOf } from "./sittings";

test("questions are imported, copied to the bank and previewed; the exam is checked and copied", async ({ page, server }) => {
  await logIn(page, "teacher");
  const id = await createExam(page, "Zoology");
  await page.goto(`/exams/${id}/questions`);
  await page.getByRole("button", { name: "Import" }).click();
  const dialog = page.getByRole("dialog");
  await page.locator("input[type=file]").first().setInputFiles({ name: "questions.txt", mimeType: "text/plain", buffer: Buffer.from("What is 2+2?\nA. 3\nB. 4\nANSWER: B\n") });
  await dialog.getByRole("button", { name: "Try out" }).click();
  await expect(dialog.getByText("This can be taken over")).toBeVisible();
  await dialog.getByRole("button", { name: "Take over" }).click();
  await expect(dialog.getByText("Taken over")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("1 question · 1 point")).toBeVisible();
  await page.getByRole("button", { name: "More about question 1" }).click();
  await page.getByRole("menuitem", { name: "Copy to the bank" }).click();
  await expect(page.getByText("The bank has a copy of it.")).toBeVisible();
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("dialog").getByText("What is 2+2?")).toBeVisible();
  await page.keyboard.press("Escape");
  // An essay has no place in Aiken: the page says so and offers the rest.
  const teacher = await tokenOf(server.url, "teacher");
  await api(server.url, teacher, "POST", `/exams/${id}/questions`, { type: "essay", text: { en: "Why?" }, points: 5 });
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Aiken" }).click();
  const downloaded = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export without them" }).click();
  const body = await readFile(await (await downloaded).path(), "utf8");
  expect(body).toContain("What is 2+2?");
  expect(body).not.toContain("Why?");
  await page.getByRole("link", { name: "Question bank" }).click();
  await page.getByRole("button", { name: /What is 2\+2/ }).first().click();
  await expectAccessible(page);
  await page.goto(`/exams/${id}/edit`);
  await expect(page.getByText("It has questions (2).")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Duplicate" }).click();
  await expect(page.getByText(/is a new draft/)).toBeVisible();
});
