// The main job: a student's video, a real server, and a teacher who sees within two seconds what the server saw.
import { createExam, expect, expectAccessible, logIn, test } from "./fixtures";
import { kindName, videoOf } from "./videos";

test("a violation is on the page within two seconds, explained, with its evidence", async ({ page, server }, info) => {
  await logIn(page, "teacher");
  const examId = await createExam(page, "Astronomy");
  await page.getByRole("article").filter({ hasText: "Astronomy" }).getByRole("link", { name: "Watch live" }).click();
  await expect(page.getByText("Nobody has started yet")).toBeVisible();
  await expect(page.getByRole("status").getByText("Live")).toBeVisible();

  const replay = server.replay(videoOf(info.outputDir), examId);
  try {
    const tile = page.getByRole("list", { name: "Students" }).getByRole("button");
    await expect(tile).toHaveCount(1);
    await expect(tile.locator("img")).toBeVisible();
    await tile.click();

    const { at, kind } = await replay.opened;
    const item = page.locator("li[id^=violation-]").filter({ hasText: kindName(kind) });
    await item.first().waitFor();
    const delay = Date.now() - at;
    console.log(`on the page ${delay} ms after the student heard of it`);
    expect(delay).toBeLessThan(2000);

    await expect(page.getByRole("group", { name: kindName(kind) })).toBeVisible();
    await item.getByRole("button", { name: /Open picture/ }).first().click();
    const picture = page.getByRole("dialog").getByRole("img", { name: /Evidence/ });
    await expect(picture).toBeVisible();
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
    await page.keyboard.press("Escape");
    await expectAccessible(page);
    for (const [width, height] of [[1366, 768], [390, 844]] as const) {
      await page.setViewportSize({ width, height });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await info.attach(`live-${width}`, { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });
    }
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.getByRole("button", { name: "বাংলা" }).click();
    await expect(page.getByRole("heading", { name: "সময়রেখা" })).toBeVisible();
    await expectAccessible(page);
    await info.attach("live-bn-dark", { body: await page.screenshot(), contentType: "image/png" });
    await page.getByRole("button", { name: "English" }).click();
    await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  } finally {
    await replay.stop();
  }
});

test("the page comes back by itself after the server was killed", async ({ page, server }) => {
  await logIn(page, "teacher");
  await createExam(page, "Chemistry");
  await page.getByRole("article").filter({ hasText: "Chemistry" }).getByRole("link", { name: "Watch live" }).click();
  const status = page.getByRole("status");
  await expect(status.getByText("Live")).toBeVisible();
  await server.halt("SIGKILL");
  await expect(status.getByText("Connection lost")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Chemistry");
  await server.run();
  await expect(status.getByText("Live")).toBeVisible({ timeout: 45_000 });
});

test("an exam that is not one's own does not exist", async ({ page }) => {
  await logIn(page, "student");
  await page.goto("/exams/1/live");
  await expect(page.getByRole("alert")).toContainText("does not exist");
});
