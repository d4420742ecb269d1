// Every dialog and menu of staff, opened: nothing axe minds, nothing wider than a phone; one half in English, the other in Bangla and dark.
// LOOK=folder also keeps a picture of each, wide and on a phone.
import type { Locator, Page } from "@playwright/test";
import { createExam, expect, expectAccessible, logIn, test } from "./fixtures";
import { Api, makeExam, QUESTIONS } from "./room";
import { api, sitWithEvents, tokenOf } from "./sittings";
import { SocketStudent } from "./student";

const LOOK = process.env["LOOK"];
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1366, height: 800 };
let seen = 0;

/** What lies over the page, in one of its two looks; closed again in English. */
async function look(page: Page, name: string): Promise<void> {
  const over = page.locator("[role=dialog]:visible, [role=menu]:visible").last();
  await expect(over).toBeVisible();
  seen += 1;
  const [language, colorScheme] = seen % 2 ? (["en", "light"] as const) : (["bn", "dark"] as const);
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await speak(page, language);
  await test.step(`${name} in ${language}`, () => expectAccessible(page, "[role=dialog], [role=menu]"));
  // What hangs on a button goes when that moves away.
  const sizes = (await over.getAttribute("aria-modal")) === "true" ? [PHONE, DESK] : [DESK];
  for (const size of sizes) {
    await page.setViewportSize(size);
    await expect.poll(() => inside(over), `${name} on ${size.width}`).toBe(true);
    if (LOOK) await page.screenshot({ path: `${LOOK}/${name}-${language}-${size.width}.png` });
  }
  await speak(page, "en");
  await page.keyboard.press("Escape");
  await expect(page.locator("[role=dialog]:visible, [role=menu]:visible")).toHaveCount(0);
}

/** The page's own switch lies under the dialog, where no pointer reaches it. */
async function speak(page: Page, language: "en" | "bn"): Promise<void> {
  await page.evaluate((wanted) => document.querySelector<HTMLElement>(`header button[lang=${wanted}]`)?.click(), language);
  await expect(page.locator("html")).toHaveAttribute("lang", language);
}

function inside(over: Locator): Promise<boolean> {
  return over.evaluate((box) => {
    const { left, right } = box.getBoundingClientRect();
    return left >= 0 && right <= window.innerWidth && box.scrollWidth <= box.clientWidth + 1;
  });
}

test("every dialog of staff is accessible and fits a phone", async ({ page, server }) => {
  await logIn(page, "admin");
  const made = await createExam(page, "Dialogs");
  const [admin, student] = await Promise.all([tokenOf(server.url, "admin"), tokenOf(server.url, "student")]);
  await api(server.url, admin, "POST", `/exams/${made}/questions`, QUESTIONS[0]);
  await api(server.url, admin, "PUT", `/exams/${made}/enrolments`, { students: [{ student: "student@example.com", group: "Room 1" }] });
  const sitting = await sitWithEvents(page, server.url, student, made);
  const press = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" }).first().click();
  const choose = (name: string) => page.getByRole("menuitem", { name }).click();

  await test.step("exams", async () => {
    await api(server.url, admin, "POST", "/exams/", {
      title: "Dialogs draft",
      start_time: new Date().toISOString(),
      end_time: new Date(Date.now() + 7_200_000).toISOString(),
      duration_minutes: 60,
    });
    await page.goto("/");
    await press("Create exam");
    await look(page, "create");
    await page.getByRole("article").filter({ hasText: "Dialogs draft" }).getByRole("button", { name: "Publish" }).click();
    await look(page, "publish");
    await press("More about Dialogs");
    await look(page, "exam-menu");
    await press("More about Dialogs");
    await choose("Delete");
    await look(page, "delete");
    await press(/^Notifications/);
    await look(page, "bell");
    await press(/^Account of/);
    await choose("Keys");
    await look(page, "keys");
  });
  await test.step("questions, students, results", async () => {
    await page.goto(`/exams/${made}/questions`);
    for (const name of ["Import", "From the bank", "New section", "Preview", "Export", "More about question 1"]) {
      await press(name);
      await look(page, name.replaceAll(" ", "-"));
    }
    await page.goto(`/exams/${made}/students`);
    await press("Import a list");
    await look(page, "list");
    await press(/^What is different for/);
    await look(page, "accommodation");
    await page.goto(`/exams/${made}/results`);
    await press("Release the results");
    await look(page, "release");
  });
  await test.step("review", async () => {
    await page.goto(`/review/${sitting}`);
    for (const name of ["Decide", "Evidence bundle"]) {
      await press(name);
      await look(page, name.replaceAll(" ", "-"));
    }
  });
  await test.step("people", async () => {
    const person = { email: "dialogs@example.com", full_name: "Dialog Person", role: "student", password: "a long way to Sylhet" };
    await api(server.url, admin, "POST", "/users/", person);
    await page.goto("/people");
    await press("More about Dialog Person");
    await choose("One-time password");
    await look(page, "password");
    await press("New account");
    await look(page, "account");
    await press("Import accounts");
    await look(page, "accounts");
    for (const [name, item] of [["menu", null], ["logins", "Logins"], ["erase", "Erase for good"]] as const) {
      await press("More about Demo Student");
      if (item) await choose(item);
      await look(page, name);
    }
  });
});

test("every dialog over a sitting that runs is accessible and fits a phone", async ({ page, browser, server }) => {
  const exam = await makeExam(await Api.as(server, "teacher"), "Dialogs live", QUESTIONS.slice(0, 1));
  const student = await SocketStudent.sit(await browser.newPage(), server.url, await tokenOf(server.url, "student"), exam);
  await logIn(page, "teacher");
  await page.goto(`/exams/${exam}/live?student=${student.sittingId}`);
  const actions = page.getByRole("region", { name: "Actions" });
  for (const name of ["Warn", "Pause", "Add time", "End the exam"]) {
    await actions.getByRole("button", { name }).click();
    await look(page, name.replaceAll(" ", "-"));
  }
  for (const name of ["Message to all", "Sound and notices", /^Quick texts/]) {
    await page.getByRole("button", { name }).first().click();
    await look(page, String(name).replaceAll(/\W/g, ""));
  }
});
