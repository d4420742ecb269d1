// F29's other half: a full disk, a browser that stores nothing, and a page behind another one. Each is really made so.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures";
import { Api, enterRoom, ESSAY, makeExam, newProfile, openBrowser, openPlainBrowser, signIn, storedAnswers } from "./room";

const essay = (page: Page) => page.getByRole("textbox").first();
const saved = (page: Page) => page.locator(".saved");
/** Longer than the silence after which the server takes a line for dead. */
const SILENCE_MS = 13_000;

async function handIn(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Hand in…" }).click();
  await page.getByRole("button", { name: "Hand in", exact: true }).click();
  await expect(page.getByText("All your answers are on the server")).toBeVisible({ timeout: 30_000 });
}

/** Stores pieces, smaller and smaller, until the browser takes no more. Runs in the page. */
async function fillUp(): Promise<void> {
  const cache = await caches.open("filler");
  for (let size = 60_000, number = 0; size > 4_000; number += 1) {
    try {
      await cache.put(`/filler/${number}`, new Response(crypto.getRandomValues(new Uint8Array(size))));
    } catch {
      size /= 2;
    }
  }
}

test("a full disk: the student is told, and answers go to the server all the same", async ({ server }) => {
  const teacher = await Api.as(server, "teacher");
  const exam = await makeExam(teacher, "Full disk", ESSAY);
  const { page, context } = await openBrowser(server);
  await signIn(page);
  const cdp = await context.newCDPSession(page);
  const used = await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    return (await navigator.storage.estimate()).usage ?? 0;
  });
  // IndexedDB looks at its quota before its first write; what is left of it is used up below, when the room stands.
  await cdp.send("Storage.overrideQuotaForOrigin", { origin: server.url, quotaSize: used + 1_500_000 });
  const id = await enterRoom(page, server, exam);
  await essay(page).fill("while there was room");
  await expect(saved(page)).toHaveText(/Saved on the server \d/);
  await page.evaluate(fillUp);
  let long = "";
  await expect(async () => {
    long = `${Date.now()} ${"without room ".repeat(4_000)}`;
    await essay(page).fill(long);
    await expect(page.getByText(/^This device has no room left/)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(saved(page)).toHaveText(/Saved on the server, not on this device/);
  await expect.poll(async () => (await storedAnswers(server, id))[0]?.value).toBe(long);
  await expectAccessible(page);
  await page.evaluate(() => caches.delete("filler"));
  await cdp.send("Storage.overrideQuotaForOrigin", { origin: server.url });
  await essay(page).fill("with room again");
  await expect(page.getByText(/^This device has no room left/)).toBeHidden();
  await expect(saved(page)).toHaveText(/Saved on the server \d/);
  await expect.poll(async () => (await storedAnswers(server, id))[0]?.value).toBe("with room again");
  await handIn(page);
  await context.close();
});

test("a browser that stores nothing: the exam goes on, a reload brings the answers from the server", async ({ server }) => {
  const exam = await makeExam(await Api.as(server, "teacher"), "Nothing stored", ESSAY);
  const profile = await newProfile();
  await mkdir(join(profile, "Default"));
  // Where the browser would make a folder for it there is a file: every opening of IndexedDB fails.
  await writeFile(join(profile, "Default", "IndexedDB"), "");
  const { page, context } = await openBrowser(server, { profile });
  await signIn(page);
  const id = await enterRoom(page, server, exam);
  await expect(page.getByText(/^This browser stores nothing/)).toBeVisible();
  await essay(page).fill("kept by the server");
  await expect(saved(page)).toHaveText(/Saved on the server, not on this device/);
  await page.reload();
  await expect(essay(page)).toHaveValue("kept by the server");
  await essay(page).fill("and after a reload");
  await handIn(page);
  expect((await storedAnswers(server, id))[0]?.value).toBe("and after a reload");
  await context.close();
});

test("a page behind another one: its heartbeats go on, and what is written goes out", async ({ server }) => {
  const teacher = await Api.as(server, "teacher");
  const exam = await makeExam(teacher, "Behind", ESSAY);
  const { page, context, close } = await openPlainBrowser();
  await signIn(page, server.url);
  const id = await enterRoom(page, server, exam);
  await essay(page).fill("before");
  await expect(saved(page)).toHaveText(/Saved on the server \d/);
  const other = await context.newPage();
  await other.bringToFront();
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe("hidden");
  await page.waitForTimeout(SILENCE_MS);
  expect(await page.evaluate(() => document.visibilityState)).toBe("hidden");
  expect(await teacher.call<unknown[]>("GET", `/exam-sessions/${id}/outages`)).toEqual([]);
  await page.bringToFront();
  await essay(page).fill("after");
  await handIn(page);
  const found = await teacher.call<{ kind: string }[]>("GET", `/exam-sessions/${id}/violations`);
  expect(found.map(({ kind }) => kind)).toEqual(["tab_switch"]);
  await close();
});
