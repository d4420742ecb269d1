// What the network, the device and the student do to an exam; nothing typed is lost, and no outage looks like guilt.
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { compose } from "./composing";
import { expect, expectAccessible, test } from "./fixtures";
import { Line } from "./line";
import { Api, enterRoom, ESSAY, makeExam, openBrowser, signIn, storedAnswers } from "./room";
import type { ProctorServer } from "./server";

/** The promise is about 60 s and 10 min; the default run proves the same with less waiting. LONG=1 takes the full time. */
const CUT_MS = process.env.LONG ? 60_000 : 18_000;
const OVER_MS = process.env.LONG ? 600_000 : 2_000;

const essay = (page: Page) => page.getByRole("textbox").first();
const saved = (page: Page) => page.locator(".saved");
const violations = async (server: ProctorServer, id: number) =>
  (await Api.as(server, "teacher")).call<{ kind: string }[]>("GET", `/exam-sessions/${id}/violations`);

test("F29: what was typed two seconds ago survives a killed browser, and a reload without network", async ({ server }) => {
  const exam = await makeExam(await Api.as(server, "teacher"), "Killed", ESSAY);
  const line = await Line.to(server.url);
  const first = await openBrowser({ ...server, url: line.url } as ProctorServer, { disk: true });
  await signIn(first.page);
  const id = await enterRoom(first.page, server, exam);
  await essay(first.page).fill("online");
  await expect(saved(first.page)).toContainText("Saved on the server");
  await first.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  line.cut();
  await essay(first.page).pressSequentially(" and offline");
  await first.page.waitForTimeout(2_000);
  // Chromium's lock names its process: that one, and nobody else's, is killed.
  const pid = Number(/-(\d+)$/.exec(readlinkSync(join(first.profile, "SingletonLock")))?.[1]);
  expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toContain(first.profile);
  process.kill(pid, "SIGKILL");
  await first.context.close().catch(() => undefined);

  const second = await openBrowser({ ...server, url: line.url } as ProctorServer, { profile: first.profile });
  await second.page.goto(`/room/sittings/${id}`);
  await expect(essay(second.page)).toHaveValue("online and offline");
  line.restore();
  // Either it waits for its next attempt, or it has made it and asks who is there.
  await second.page.getByRole("button", { name: "Try now" }).or(second.page.getByLabel("E-mail")).first().click();
  await second.page.getByLabel("E-mail").fill("student@example.com");
  await second.page.getByLabel("Password", { exact: true }).fill("student123");
  await second.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(saved(second.page)).toContainText("Saved on the server", { timeout: 30_000 });
  expect((await storedAnswers(server, id))[0]?.value).toBe("online and offline");
  await second.context.close();
  await line.close();
});

test("F13: a cut line costs no answer and adds no violation; the student sees where the text is", async ({ server }) => {
  const teacher = await Api.as(server, "teacher");
  const exam = await makeExam(teacher, "Cut", ESSAY, {
    time_credit_minutes: 5,
    block_clipboard: true,
    block_right_click: true,
    block_shortcuts: true,
  });
  const line = await Line.to(server.url);
  const { page, context } = await openBrowser({ ...server, url: line.url } as ProctorServer);
  await signIn(page);
  const id = await enterRoom(page, server, exam);
  await expect(page.getByText("We see you well")).toBeVisible();
  await test.step("U13: composing Bangla is writing and nothing else", async () => {
    await compose(page, essay(page), [["আ", "আম", "আমি"], ["ব", "বা", "বাড", "বাড়", "বাড়ি"], ["য", "যা", "যাই"]]);
    await expect(essay(page)).toHaveValue("আমি বাড়ি যাই");
    await expect(saved(page)).toContainText("Saved on the server");
    expect((await storedAnswers(server, id))[0]?.value).toBe("আমি বাড়ি যাই");
    const { events } = await teacher.call<{ events: unknown[] }>("GET", `/exam-sessions/${id}/review`);
    expect(events).toEqual([]);
  });
  line.cut();
  await essay(page).fill("written while cut off");
  await expect(saved(page)).toContainText("Saved on this device");
  await expect(page.getByText(/^Offline for/)).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);
  await page.waitForTimeout(Math.max(0, CUT_MS - 16_000));
  line.restore();
  await page.getByRole("button", { name: "Try now" }).click().catch(() => undefined);
  await expect(saved(page)).toContainText("Saved on the server", { timeout: 15_000 });
  expect((await storedAnswers(server, id))[0]?.value).toBe("written while cut off");
  // A server learns of a dead line by its pings, after 20 to 40 s: a shorter cut is no outage to it, only unseen time.
  if (process.env.LONG) await expect(page.getByText(/^No line from/)).toBeVisible();
  const found = await violations(server, id);
  expect(found.map(({ kind }) => kind)).toEqual([]);
  await context.close();
  await line.close();
});

test("F14: cut over the deadline, every answer made before it is kept and marked", async ({ server }) => {
  const exam = await makeExam(await Api.as(server, "teacher"), "Deadline", ESSAY, {
    end_time: new Date(Date.now() + 22_000).toISOString(),
  });
  const line = await Line.to(server.url);
  const { page, context } = await openBrowser({ ...server, url: line.url } as ProctorServer);
  await signIn(page);
  const id = await enterRoom(page, server, exam);
  await essay(page).fill("online");
  await expect(saved(page)).toContainText("Saved on the server");
  line.cut();
  await essay(page).fill("in time, but cut off");
  await expect(page.getByText(/^Time is up/)).toBeVisible({ timeout: 40_000 });
  await expect(essay(page)).toBeDisabled();
  await expectAccessible(page);
  await page.waitForTimeout(OVER_MS);
  line.restore();
  await expect(page.getByText("All your answers are on the server")).toBeVisible({ timeout: 60_000 });
  expect(await storedAnswers(server, id)).toMatchObject([{ value: "in time, but cut off", late: true }]);
  await expect(page.getByText(/marked as sent later/)).toBeVisible();
  await expectAccessible(page);
  const left = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(left).toContain("proctor-room");
  await context.close();
  await line.close();
});

test("F18: of two tabs the newest has the exam, the older says so and can take it back; nothing is lost", async ({ server }) => {
  const exam = await makeExam(await Api.as(server, "teacher"), "Two tabs", ESSAY);
  const { page, context } = await openBrowser(server);
  await signIn(page);
  const id = await enterRoom(page, server, exam);
  await essay(page).fill("from the first tab");
  // A real browser hides the first tab when another is opened, and a hidden one saves at once; here both count as shown.
  await expect(saved(page)).toContainText("Saved on the server");
  const other = await context.newPage();
  await signIn(other);
  await other.goto(`/room/sittings/${id}`);
  await expect(essay(other)).toHaveValue("from the first tab");
  const older = page.getByRole("dialog", { name: /open in another tab/ });
  await expect(older).toBeVisible();
  await essay(other).fill("from the second tab");
  await expect(saved(other)).toContainText("Saved on the server");
  await older.getByRole("button", { name: "Go on here" }).click();
  await expect(other.getByRole("dialog", { name: /open in another tab/ })).toBeVisible();
  await expect(essay(page)).toHaveValue("from the second tab");
  await essay(page).fill("and back");
  await expect(saved(page)).toContainText("Saved on the server");
  await expect.poll(async () => (await storedAnswers(server, id))[0]?.value).toBe("and back");
  await context.close();
});

test("F16: on a bad line answers go first, pictures shrink", async ({ server }) => {
  const exam = await makeExam(await Api.as(server, "teacher"), "Bad line", ESSAY);
  const line = await Line.to(server.url);
  const { page, context } = await openBrowser({ ...server, url: line.url } as ProctorServer);
  await signIn(page);
  await enterRoom(page, server, exam);
  line.weather = { delayMs: 400, bytesPerSecond: 8_000 };
  await page.waitForTimeout(4_000);
  const begun = Date.now();
  await essay(page).fill("over a bad line");
  await expect(saved(page)).toContainText("Saving");
  await expect(saved(page)).toContainText("Saved on the server", { timeout: 12_000 });
  console.log(`saved on the server after ${Date.now() - begun} ms at 64 kbit/s and 800 ms there and back`);
  expect(Date.now() - begun).toBeLessThan(10_000);
  await context.close();
  await line.close();
});
