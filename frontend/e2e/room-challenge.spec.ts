// A task for the head, done by a head that turns: the camera plays moments of a real clip, one after the other.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures";
import { Api, enterRoom, ESSAY, makeExam, openBrowser, signIn } from "./room";
import { ROOT } from "./server";

const CLIP = join(ROOT, "..", "shared", "data", "faces", "short_hamilton_clip.mp4");

test("who turns the head as asked is told so, and goes on writing", async ({ server }, info) => {
  test.skip(!existsSync(CLIP), "needs a clip of somebody who turns the head (../shared/data/faces)");
  const video = info.outputPath("turning.y4m");
  execFileSync(join(ROOT, ".venv", "bin", "python"), ["-m", "tools.make_turning_video", CLIP, video], { cwd: join(ROOT, "backend") });
  const teacher = await Api.as(server, "teacher");
  const exam = await makeExam(teacher, "Turning", ESSAY);
  const { page, context } = await openBrowser(server, { video });
  await signIn(page);
  const id = await enterRoom(page, server, exam);
  const task = page.getByRole("dialog", { name: "A short task" });
  const outcome = page.getByRole("status").filter({ hasText: /that was seen|was not seen in time|could not see well enough/ });
  // Which way is drawn by lot; up is never done here, and a busy machine may miss a turn: then it is asked once more.
  await expect(async () => {
    await teacher.call("POST", `/exam-sessions/${id}/challenge`);
    await expect(task.getByRole("timer")).toHaveText(/^\d s left$/);
    await expect(task).toBeHidden({ timeout: 30_000 });
    await expect(outcome).toBeVisible();
    await expect(outcome).toContainText("that was seen", { timeout: 1_000 });
  }).toPass({ timeout: 220_000 });
  await page.keyboard.press("Tab");
  await page.getByRole("textbox").first().fill("and on");
  await expect(page.locator(".saved")).toHaveText(/Saved on the server/);
  await context.close();
});
