// A teacher's whole day: author an exam, enrol, watch, act, review, decide, print.
import type { Page } from "@playwright/test";
import { createExam, expect, expectAccessible, logIn, test } from "./fixtures";
import { makeVideo } from "./videos";

/** A picture of the page in both languages, wide and on a phone; nothing may be wider than the page. */
async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  const folder = process.env["LOOK"];
  if (!folder) return;
  for (const language of ["বাংলা", "English"]) {
    await page.getByRole("button", { name: language, exact: true }).click();
    for (const [width, height] of [[390, 844], [1366, 800]] as const) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(250);
      await page.screenshot({ path: `${folder}/${name}-${language === "English" ? "en" : "bn"}-${width}.png`, fullPage: true });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} ${language} ${width}`).toBeLessThanOrEqual(width);
    }
  }
}

async function writeQuestions(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New question" }).click();
  await page.getByRole("menuitem", { name: "One of several" }).click();
  await page.getByLabel("Text in English").fill("What is $2^5$?");
  await page.getByLabel("Text in Bangla").fill("$2^5$ কত?");
  for (const [at, text] of ["10", "25", "32", "64"].entries()) await page.getByLabel(`Options ${at + 1} in English`).fill(text);
  await page.getByRole("radio", { name: "Option 3 is right" }).check();
  const preview = page.getByRole("region", { name: "As the student sees it" });
  await expect(preview.locator(".katex").first()).toBeVisible();
  await preview.getByRole("radio", { name: "32" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("1 question · 1 point")).toBeVisible();

  await page.getByRole("button", { name: "New question" }).click();
  await page.getByRole("menuitem", { name: "Fill in gaps" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Write the question's text first.")).toBeVisible();
  await page.getByLabel("Text in Bangla").fill("বাংলাদেশের রাজধানী {{a}}।");
  await page.getByRole("combobox", { name: "Accepted for a" }).fill("ঢাকা");
  await page.getByRole("combobox", { name: "Accepted for a" }).press("Enter");
  await expect(page.getByRole("region", { name: "As the student sees it" }).getByLabel("Gap 1")).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("2 questions · 2 points")).toBeVisible();

  // By keyboard: the second becomes the first.
  const second = page.getByRole("list").getByRole("button", { name: /^2/ });
  await second.focus();
  await second.press("Alt+ArrowUp");
  await expect(page.getByRole("list").getByRole("button", { name: /^1.*বাংলাদেশের/ })).toBeVisible();
}

test("a teacher authors, enrols, watches, acts, reviews, decides and prints", async ({ page, server }, info) => {
  await logIn(page, "teacher");
  const examId = await createExam(page, "Algebra");
  await page.goto(`/exams/${examId}/edit`);
  await page.getByRole("button", { name: /^Low/ }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Everything is saved.")).toBeVisible();
  await page.getByRole("link", { name: "Questions", exact: true }).click();
  await writeQuestions(page);
  await look(page, "questions");

  await page.getByRole("link", { name: "Students", exact: true }).click();
  await page.getByRole("button", { name: "Import a list" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Paste lines" }).fill("nobody@example.org");
  await dialog.getByRole("button", { name: "Try out" }).click();
  await expect(dialog.getByText("1 line is wrong; nothing was changed")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Paste lines" }).fill("email,name,group\nstudent@example.com,Demo Student,Room 1");
  await dialog.getByRole("button", { name: "Try out" }).click();
  await dialog.getByRole("button", { name: "Take over" }).click();
  await expect(dialog.getByText("Taken over")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("cell", { name: "student@example.com" })).toBeVisible();
  await look(page, "students");

  await page.getByRole("link", { name: "Live", exact: true }).click();
  const replay = server.replay(await makeVideo(info.outputDir), examId);
  const tile = page.getByRole("list", { name: "Students" }).getByRole("button");
  await expect(tile).toHaveCount(1);
  await expect(tile).toContainText("Online");
  await tile.click();
  await page.getByRole("textbox", { name: "Write to the student" }).fill("How can I help?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("listitem").filter({ hasText: "How can I help?" })).toBeVisible();
  await page.getByRole("button", { name: "Add time" }).click();
  await page.getByRole("menuitem", { name: "5 minutes", exact: true }).click();
  await expect(page.getByText("5 minutes added.")).toBeVisible();
  await page.getByRole("button", { name: "End the exam" }).click();
  await page.getByLabel("Reason (the student is told)").fill("Tried out");
  await page.getByLabel("Yes, end this student's exam").check();
  await page.getByRole("dialog").getByRole("button", { name: "End the exam" }).click();
  await expect(page.getByText(/Ends in \d+ seconds/)).toBeVisible();
  await page.getByRole("region", { name: "Actions" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText(/Ends in \d+ seconds/)).toHaveCount(0);
  await expect(page.locator("li[id^=violation-]").first()).toBeVisible({ timeout: 30_000 });
  await look(page, "live");
  await replay.done;

  await page.getByRole("link", { name: "Review", exact: true }).last().click();
  await look(page, "queue");
  await page.getByRole("link", { name: /Demo Student/ }).click();
  const score = page.getByRole("status").filter({ hasText: "Trust score" });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Demo Student");
  const before = await score.innerText();
  await page.keyboard.press("d");
  await expect(score).not.toHaveText(before);
  await expect(score).toContainText("as measured");
  await page.keyboard.press("z");
  await expect(score).not.toContainText("as measured");
  await page.keyboard.press("d");
  await expect(score).toContainText("as measured");
  await look(page, "sitting");

  await page.getByRole("button", { name: "Decide" }).click();
  await page.getByRole("radio", { name: "Clean" }).check();
  await page.getByLabel("Text to the student").fill("সব ঠিক আছে।");
  await page.getByRole("dialog").getByRole("button", { name: "Decide" }).click();
  await expect(page.getByText("To the student: সব ঠিক আছে।")).toBeVisible();
  const downloaded = page.waitForEvent("download");
  await page.getByRole("button", { name: "PDF" }).click();
  expect((await downloaded).suggestedFilename()).toMatch(/\.pdf$/);

  await page.goto(`/exams/${examId}/results`);
  await expect(page.getByRole("cell", { name: "Demo Student" })).toBeVisible();
  await look(page, "results");
  await page.getByRole("tab", { name: "Questions" }).click();
  await expect(page.getByRole("cell", { name: /What is/ })).toBeVisible();
  await page.getByRole("link", { name: "Marking" }).click();
  await expect(page.getByText("Nothing waits here.")).toBeVisible();
  await look(page, "grading");
  await page.getByRole("link", { name: "Analytics" }).click();
  await expect(page.getByRole("region", { name: "Noted by kind" })).toBeVisible();
  await expect(page.getByRole("status")).toHaveCount(0);
  await look(page, "analytics");
  await page.getByRole("region", { name: "Noted by kind" }).getByRole("button", { name: "Show as table" }).click();
  await expect(page.getByRole("region", { name: "Noted by kind" }).getByRole("table")).toBeVisible();
});

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
  await look(page, "people");
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByLabel("Name of the institution").fill("ঢাকা কলেজ");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The institution's settings are saved.")).toBeVisible();
  await look(page, "institution");
  for (const [section, shown] of [
    ["Roles and rights", "Sit exams"],
    ["Audit log", "Account made"],
    ["Retention", "Nothing is due."],
    ["System", "Everything works."],
  ] as const) {
    await page.getByRole("link", { name: section }).click();
    await expect(page.getByText(shown).first()).toBeVisible();
    await look(page, section.toLowerCase().replaceAll(" ", "-"));
  }
});
