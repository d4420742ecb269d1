// What a proctor asks of one student at the door and in the room; then judging, marking and scoring again what came of it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, logIn, test } from "./fixtures";
import type { ProctorServer } from "./server";
import { api, tokenOf } from "./sittings";
import { SocketStudent } from "./student";

/** A second event of the same kind within five seconds would be the same violation; a look back within five is no way back. */
const COOLDOWN_MS = 7000;

async function makeExam(url: string, teacher: string): Promise<{ examId: number; essay: number; second: number }> {
  const now = Date.now();
  const { id } = await api<{ id: number }>(url, teacher, "POST", "/exams/", {
    title: "History",
    start_time: new Date(now - 60_000).toISOString(),
    end_time: new Date(now + 3_600_000).toISOString(),
    duration_minutes: 30,
    waiting_room: true,
    navigation: "forward",
    enable_screen_recording: true,
  });
  const essay = await api<{ id: number }>(url, teacher, "POST", `/exams/${id}/questions`, {
    type: "essay",
    text: { en: "What happened in 1971?", bn: "১৯৭১ সালে কী ঘটেছিল?" },
    points: 10,
    rubric: [
      { id: "a", text: { en: "Names the causes", bn: "কারণ বলেছে" }, points: 6 },
      { id: "b", text: { en: "Writes clearly", bn: "পরিষ্কার লিখেছে" }, points: 4 },
    ],
  });
  const second = await api<{ id: number }>(url, teacher, "POST", `/exams/${id}/questions`, {
    type: "true_false",
    text: { en: "It was in March.", bn: "এটি মার্চে ঘটেছিল।" },
    points: 1,
    key: { value: true },
  });
  await api(url, teacher, "POST", `/exams/${id}/publish`);
  return { examId: id, essay: essay.id, second: second.id };
}

async function atTheDoor(page: Page, student: SocketStudent): Promise<void> {
  await expect(page.getByRole("button", { name: "Let all in (1)" })).toBeVisible();
  await page.getByRole("list", { name: "Students" }).getByRole("button").click();
  await page.getByRole("button", { name: "Let in", exact: true }).click();
  await student.hears("admitted");
  await student.begin();
  await student.openPaper();
}

/** What a second camera and a shared screen show, beside the camera that shows nothing here. */
async function moreEyes(page: Page, student: SocketStudent): Promise<void> {
  await student.shows(3, "lime");
  await student.shows(4, "maroon");
  const sources = page.getByRole("radiogroup", { name: "Pictures" });
  const shown = page.getByRole("img", { name: "Latest picture of Demo Student" });
  for (const [source, loudest] of [
    ["Second camera", 1],
    ["Screen", 0],
  ] as const) {
    await sources.getByText(source, { exact: true }).click();
    await expect(shown).toBeVisible();
    await expect.poll(() => colourOf(shown), source).toBe(loudest);
  }
}

/** Which of red, green and blue is strongest in a picture's middle. */
function colourOf(picture: Locator): Promise<number> {
  return picture.evaluate((image: HTMLImageElement) => {
    const pen = new OffscreenCanvas(1, 1).getContext("2d");
    pen?.drawImage(image, image.naturalWidth / 2, image.naturalHeight / 2, 1, 1, 0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = pen?.getImageData(0, 0, 1, 1).data ?? [];
    return [red, green - 1, blue - 2].indexOf(Math.max(red, green - 1, blue - 2));
  });
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
  await page.getByRole("button", { name: "Lower the hand" }).click();
  expect((await student.hears("hand"))["raised"]).toBe(false);
  await expect(page.getByRole("list", { name: "Students" }).getByRole("button")).not.toContainText("Hand raised");
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

/** The page gives the file, and the command that anybody can run says that nothing was changed. */
async function verified(page: Page, server: ProctorServer, folder: string): Promise<void> {
  await page.getByRole("button", { name: "Evidence bundle" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/proctor verify exam-session-\d+\.zip/)).toBeVisible();
  await expectAccessible(page);
  const downloaded = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download the bundle" }).click();
  await mkdir(folder, { recursive: true });
  const [bundle, key] = [join(folder, "bundle.zip"), join(folder, "proctor.pem")];
  await (await downloaded).saveAs(bundle);
  await writeFile(key, await server.command("keys", "public"));
  expect(await server.command("verify", bundle, "--public-key", key)).toContain("Nothing was changed.");
  await page.keyboard.press("Escape");
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
  await expect(page.getByText("Independence came after nine months.", { exact: true })).toBeVisible();
  const beside = page.getByRole("region", { name: /^Written outside/ });
  await expect(beside).toContainText("Independence came after nine months and a war.");
  await expect(page.getByText("More came after the student had gone on")).toBeVisible();
  await page.getByLabel("Names the causes").fill("4");
  await page.getByLabel("Writes clearly").fill("3");
  await expect(page.getByLabel("Points of 10")).toHaveValue("7");
  await page.getByLabel("Comment for the student").fill("ভালো লিখেছ।");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Marked", exact: true })).toBeVisible();
}

test("a proctor lets in, asks, pauses; a reviewer re-classifies, dismisses in bulk, marks and scores again", async ({ page, browser, server }, info) => {
  const [teacher, token] = await Promise.all([tokenOf(server.url, "teacher"), tokenOf(server.url, "student")]);
  const { examId, essay, second } = await makeExam(server.url, teacher);
  await logIn(page, "teacher");
  await page.goto(`/exams/${examId}/live`);
  const student = await SocketStudent.sit(await browser.newPage(), server.url, token, examId);
  await atTheDoor(page, student);
  await student.opens(essay);
  await student.answer(essay, "Independence came after nine months.");
  await student.opens(second);
  await student.say({ type: "event", kind: "tab_switch" });
  const first = Date.now();
  await student.say({ type: "event", kind: "copy_paste" });
  await moreEyes(page, student);
  await inTheRoom(page, student);
  await expect.poll(() => Date.now() - first, { timeout: 2 * COOLDOWN_MS }).toBeGreaterThan(COOLDOWN_MS);
  await student.answer(essay, "Independence came after nine months and a war.", 2);
  await student.say({ type: "event", kind: "tab_switch" });
  await student.handIn();

  await page.goto(`/review/${student.sittingId}`);
  await judge(page);
  await verified(page, server, info.outputDir);
  await page.goto(`/exams/${examId}/review`);
  const trustOf = async () =>
    (await api<{ session: { trust: number } }>(server.url, teacher, "GET", `/exam-sessions/${student.sittingId}/review`)).session.trust;
  await scoreAgain(page, trustOf);
  await markByRubric(page, examId);
});
