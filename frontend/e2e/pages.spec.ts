// Every page of staff in English and light, in Bangla and dark: nothing axe minds, nothing wider than a phone.
// LOOK=folder also keeps pictures of each, in both languages, wide and on a phone.
import type { Page } from "@playwright/test";
import { createExam, expect, expectAccessible, logIn, test } from "./fixtures";
import { api, sitWithEvents, tokenOf } from "./sittings";

const LOOK = process.env["LOOK"];
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1366, height: 800 };

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator(".mantine-Loader-root, .mantine-Skeleton-root")).toHaveCount(0);
}

async function look(page: Page, name: string, language: string): Promise<void> {
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    if (LOOK) {
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${LOOK}/${name}-${language}-${size.width}.png`, fullPage: true });
    }
    // A moment later than the size: the wall lays its tiles out anew when it has learnt of it.
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), `${name} ${language} ${size.width}`).toBeLessThanOrEqual(size.width);
  }
}

test("every staff page is accessible and fits, in both languages, light and dark", async ({ page, server }) => {
  test.setTimeout(240_000);
  await logIn(page, "admin");
  const examId = await createExam(page, "Biology");
  const [admin, student] = await Promise.all([tokenOf(server.url, "admin"), tokenOf(server.url, "student")]);
  for (const body of QUESTIONS) await api(server.url, admin, "POST", `/exams/${examId}/questions`, body);
  await api(server.url, admin, "PUT", `/exams/${examId}/enrolments`, { students: [{ student: "student@example.com", group: "Room 1" }] });
  const sitting = await sitWithEvents(page, server.url, student, examId);
  const exam = `/exams/${examId}`;
  const pages: [name: string, path: string][] = [
    ["exams", "/"],
    ...["edit", "questions", "students", "live", "review", "rescore", "grading", "results"].map((one): [string, string] => [one, `${exam}/${one}`]),
    ["queue", "/review"],
    ["sitting", `/review/${sitting}`],
    ["bank", "/bank"],
    ["analytics", `/analytics?exam=${examId}`],
    ["calendar", "/calendar"],
    ["people", "/people"],
    ...["institution", "rights", "audit", "retention", "system", "demo"].map((one): [string, string] => [one, `/admin/${one}`]),
  ];
  // Each page is loaded once, seen in the look it comes in and then turned into the other.
  const looks = [ENGLISH, BANGLA];
  for (const [name, path] of pages) {
    await page.setViewportSize(DESK);
    await page.goto(path);
    for (const [language, button, colorScheme] of looks) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.getByRole("button", { name: button, exact: true }).click();
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await settled(page);
      await test.step(`${name} in ${language}`, () => expectAccessible(page));
      await look(page, name, language);
    }
    looks.reverse();
  }
});

const ENGLISH = ["en", "English", "light"] as const;
const BANGLA = ["bn", "বাংলা", "dark"] as const;

const WORDS = {
  en: "Which one of these is the one that is meant, if $n$ students sit in a row and each knows only the next one?",
  bn: "$n$ জন শিক্ষার্থী এক সারিতে বসলে আর প্রত্যেকে কেবল পরের জনকে চিনলে, এগুলোর মধ্যে কোনটির কথা বলা হচ্ছে?",
};
const OPTIONS = [
  { id: "a", text: { en: "The first", bn: "প্রথমটি" } },
  { id: "b", text: { en: "The second", bn: "দ্বিতীয়টি" } },
];
const QUESTIONS = [
  { type: "single_choice", text: WORDS, points: 1, body: { options: OPTIONS }, key: { option: "a" } },
  { type: "true_false", text: { en: "$2^5 = 32$", bn: "$2^5 = 32$" }, points: 1, key: { value: true } },
  { type: "essay", text: { en: "Why?", bn: "কেন?" }, points: 5, rubric: [{ id: "r", text: { en: "Reasons", bn: "কারণ" }, points: 5 }] },
];
