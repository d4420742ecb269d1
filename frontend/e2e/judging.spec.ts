// What a proctor asks of one student at the door and in the room; then judging, marking and scoring again what came of it.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, logIn, test } from "./fixtures";
import { api, tokenOf } from "./sittings";
import { SocketStudent } from "./student";

/** A second event of the same kind within the cool-down would be the same violation. */
const COOLDOWN_MS = 5200;

async function makeExam(url: string, teacher: string): Promise<{ examId: number; questionId: number }> {
  const now = Date.now();
  const { id } = await api<{ id: number }>(url, teacher, "POST", "/exams/", {
    title: "History",
    start_time: new Date(now - 60_000).toISOString(),
    end_time: new Date(now + 3_600_000).toISOString(),
    duration_minutes: 30,
    waiting_room: true,
  });
  const question = await api<{ id: number }>(url, teacher, "POST", `/exams/${id}/questions`, {
    type: "essay",
    text: { en: "What happened in 1971?", bn: "১৯৭১ সালে কী ঘটেছিল?" },
    points: 10,
    rubric: [
      { id: "a", text: { en: "Names the causes", bn: "কারণ বলেছে" }, points: 6 },
      { id: "b", text: { en: "Writes clearly", bn: "পরিষ্কার লিখেছে" }, points: 4 },
    ],
  });
  await api(url, teacher, "POST", `/exams/${id}/publish`);
  return { examId: id, questionId: question.id };
}

async function atTheDoor(page: Page, student: SocketStudent): Promise<void> {
  await expect(page.getByRole("button", { name: "Let all in (1)" })).toBeVisible();
  await page.getByRole("list", { name: "Students" }).getByRole("button").click();
  await page.getByRole("button", { name: "Let in", exact: true }).click();
  await student.hears("admitted");
  await student.begin();
}

async function inTheRoom(page: Page, student: SocketStudent): Promise<void> {
  const actions = page.getByRole("region", { name: "Actions" });
  await actions.getByRole("button", { name: "Ask to show the room" }).click();
  await student.hears("room_view");
  await actions.getByRole("button", { name: "Ask to turn the head" }).click();
  await student.hears("challenge");
  await actions.getByRole("button", { name: "Warn" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("group", { name: /Quick texts/ }).getByRole("button").first().click();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Send" }).click();
  const warning = await student.hears("message");
  expect(warning["warning"]).toBe(true);
  expect(warning["text"], "a quick text goes out in both languages").toMatch(/[\u0980-\u09FF]/);
  await actions.getByRole("button", { name: "Pause" }).click();
  await dialog.getByLabel("Reason (the student is told)").fill("A word, please");
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  expect((await student.hears("paused"))["reason"]).toBe("A word, please");
  await actions.getByRole("button", { name: "Resume" }).click();
  await student.hears("resumed");
  await student.say({ type: "hand", raised: true });
  await expect(page.getByRole("list", { name: "Students" }).getByRole("button")).toContainText("Hand raised");
}

async function judge(page: Page): Promise<void> {
  const items = page.locator("li[id^=item-]");
  await expect(items).toHaveCount(3);
  await items.filter({ hasText: "Copy" }).getByRole("button").click();
  await page.getByText("It is something else").click();
  await page.getByRole("combobox", { name: "What it is" }).click();
  await page.getByRole("option", { name: "Other", exact: true }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("A pen fell down");
  await page.getByRole("button", { name: "Confirm as this" }).click();
  await expect(items.filter({ hasText: "Confirmed" })).toHaveCount(1);
  await items.filter({ hasText: "Confirmed" }).getByRole("button").click();
  await expect(page.getByText("The detector said: Copy or paste")).toBeVisible();
  await expect(page.getByText(/A pen fell down/).first()).toBeVisible();

  await items.filter({ hasText: "open" }).first().getByRole("button").click();
  await page.getByRole("button", { name: /^Dismiss all 2 open/ }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("The school's own announcement");
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Dismiss" }).click();
  await expect(items.filter({ hasText: "Dismissed" })).toHaveCount(2);
  // The newest notice is the one about these two; the older one about the single verdict may still be there.
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect(items.filter({ hasText: "open" })).toHaveCount(2);
  await expectAccessible(page);
}

/** Nothing is stored before the comparison was seen; then it is. */
async function scoreAgain(page: Page, trustOf: () => Promise<number>): Promise<void> {
  await page.getByRole("link", { name: "Score again" }).click();
  const before = await trustOf();
  const save = page.getByRole("button", { name: "Save for the whole exam" });
  await page.getByLabel("Another tab", { exact: true }).fill("90");
  await expect(save).toBeDisabled();
  await page.getByRole("button", { name: "Compare" }).click();
  const row = page.getByRole("row", { name: /Demo Student/ });
  await expect(row).toContainText(`${Math.round(before)}`);
  await expect(row).toContainText("-");
  await expectAccessible(page);
  expect(await trustOf()).toBeCloseTo(before, 5);
  await save.click();
  await expect(page.getByText("The exam has been scored again.")).toBeVisible();
  expect(await trustOf()).toBeLessThan(before - 1);
}

async function markByRubric(page: Page, examId: number): Promise<void> {
  await page.goto(`/exams/${examId}/grading`);
  await expect(page.getByText("Independence came after nine months.")).toBeVisible();
  await page.getByLabel("Names the causes").fill("4");
  await page.getByLabel("Writes clearly").fill("3");
  await expect(page.getByLabel("Points of 10")).toHaveValue("7");
  await page.getByLabel("Comment for the student").fill("ভালো লিখেছ।");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Marked", exact: true })).toBeVisible();
}

test("a proctor lets in, asks, pauses; a reviewer re-classifies, dismisses in bulk, marks and scores again", async ({ page, browser, server }) => {
  const [teacher, token] = await Promise.all([tokenOf(server.url, "teacher"), tokenOf(server.url, "student")]);
  const { examId, questionId } = await makeExam(server.url, teacher);
  await logIn(page, "teacher");
  await page.goto(`/exams/${examId}/live`);
  const student = await SocketStudent.sit(await browser.newPage(), server.url, token, examId);
  await atTheDoor(page, student);
  await student.say({ type: "event", kind: "tab_switch" });
  const first = Date.now();
  await student.answer(questionId, "Independence came after nine months.");
  await student.say({ type: "event", kind: "copy_paste" });
  await inTheRoom(page, student);
  await expect.poll(() => Date.now() - first, { timeout: 2 * COOLDOWN_MS }).toBeGreaterThan(COOLDOWN_MS);
  await student.say({ type: "event", kind: "tab_switch" });
  await student.handIn();

  await page.goto(`/review/${student.sittingId}`);
  await judge(page);
  await page.goto(`/exams/${examId}/review`);
  const trustOf = async () =>
    (await api<{ session: { trust: number } }>(server.url, teacher, "GET", `/exam-sessions/${student.sittingId}/review`)).session.trust;
  await scoreAgain(page, trustOf);
  await markByRubric(page, examId);
});
