// More than a hundred decisions by keyboard alone, and how many presses and seconds each took.
import { createExam, expect, logIn, test } from "./fixtures";
import { api, KINDS, sitWithEvents, tokenOf } from "./sittings";

const SITTINGS = 13;

test("violations are reviewed by keyboard at no more than two presses each", async ({ page, server }) => {
  await logIn(page, "teacher");
  const examId = await createExam(page, "Botany");
  const [teacher, student] = await Promise.all([tokenOf(server.url, "teacher"), tokenOf(server.url, "student")]);
  await api(server.url, teacher, "PUT", `/exams/${examId}`, { max_attempts: 50 });
  for (let made = 0; made < SITTINGS; made += 1) await sitWithEvents(page, server.url, student, examId);

  await page.goto(`/exams/${examId}/review`);
  await page.getByRole("link", { name: /Demo Student/ }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Demo Student");
  let presses = 0;
  let decided = 0;
  const press = async (key: string) => {
    presses += 1;
    await page.keyboard.press(key);
  };
  const started = Date.now();
  for (let sitting = 0; sitting < SITTINGS; sitting += 1) {
    const items = page.locator("li[id^=item-]");
    await expect(items.filter({ hasText: "open" })).toHaveCount(KINDS.length);
    for (let at = 0; at < KINDS.length; at += 1) {
      await press(["d", "u", "c"][at % 3] ?? "d");
      decided += 1;
      await expect(items.filter({ hasText: "open" })).toHaveCount(KINDS.length - at - 1);
    }
    if (sitting < SITTINGS - 1) {
      const address = page.url().replace(/\?.*/, "");
      await expect(page.getByRole("button", { name: "Next sitting" })).toBeVisible();
      await press(".");
      await expect.poll(() => page.url()).not.toContain(address);
    }
  }
  const seconds = (Date.now() - started) / 1000;
  console.log(`${decided} decisions, ${(presses / decided).toFixed(2)} presses and ${(seconds / decided).toFixed(2)} s each`);
  expect(decided).toBe(SITTINGS * KINDS.length);
  expect(presses / decided).toBeLessThanOrEqual(2);

  // Off while somebody types: the letters land in the note and nowhere else.
  await page.keyboard.press("n");
  await page.keyboard.type("dcu");
  await expect(page.getByLabel("New note")).toHaveValue("dcu");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("z");
  await expect(page.locator("li[id^=item-]").filter({ hasText: "open" })).toHaveCount(1);

  // What the page shows at once the server has a moment later.
  const sitting = /review\/(\d+)/.exec(page.url())?.[1];
  const unjudged = async () => {
    const read = await api<{ violations: { verdict: string | null }[] }>(server.url, teacher, "GET", `/exam-sessions/${sitting}/review`);
    return read.violations.filter((one) => one.verdict === null).length;
  };
  await expect.poll(unjudged).toBe(1);
});
