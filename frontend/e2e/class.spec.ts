// A class of twelve, of whom three misbehave on video: from an exam that does not exist yet to its decided, printed end.
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, logIn, test } from "./fixtures";
import { inkOf, POPPLER, textOf } from "./pdf";
import type { ProctorServer, Replay } from "./server";
import { api, tokenAt, tokenOf } from "./sittings";
import { kindName, makeVideo, videoOf } from "./videos";
import { type Language, words } from "./words";

const TITLE = "Physics: বল ও গতি";
const DECISION = "পাশে কে ছিলেন, তা নিয়ে কথা বলতে আসুন।";
const PASSWORD = "a pass phrase for the class";
/** The first three misbehave. */
const NAMES = [
  "নাদিয়া রহমান",
  "Kamal Hossain",
  "Rina Akter",
  "Ayesha Siddiqua",
  "Arif Mahmud",
  "Farhana Islam",
  "Imran Khan",
  "Jahid Hasan",
  "Lamia Chowdhury",
  "Mitu Das",
  "Sabbir Ahmed",
  "Tania Sultana",
];
/** Their films are one portrait moved about, which is rightly told to be a picture where it is looked at for half a minute. */
const SPARED = { disabled_kinds: ["face_spoof"] };
const mailOf = (at: number) => `class${at}@example.org`;

async function makeAccounts(server: ProctorServer): Promise<void> {
  const admin = await tokenOf(server.url, "admin");
  for (const [at, full_name] of NAMES.entries()) {
    await api(server.url, admin, "POST", "/users/", { email: mailOf(at), password: PASSWORD, full_name, role: "student" });
  }
}

async function makeExam(page: Page): Promise<number> {
  await page.getByRole("button", { name: "Create exam" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill(TITLE);
  await dialog.getByRole("switch", { name: "Publish at once" }).uncheck();
  await dialog.getByRole("button", { name: "Create exam" }).click();
  const card = page.getByRole("article").filter({ hasText: TITLE });
  await expect(card.getByText("Draft")).toBeVisible();
  await card.getByRole("link", { name: TITLE }).click();
  await page.getByLabel("Instructions for students").fill("Write clearly. পরিষ্কার করে লিখুন।");
  await page.getByRole("button", { name: /^Medium/ }).click();
  await page.getByText("Only students on the list").click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Everything is saved.")).toBeVisible();
  return Number(/exams\/(\d+)\/edit/.exec(page.url())?.[1]);
}

async function writeQuestions(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Questions", exact: true }).click();
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
  await expect(preview.getByLabel("Gap 1")).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("2 questions · 2 points")).toBeVisible();

  // By keyboard: the second becomes the first.
  const second = page.getByRole("list").getByRole("button", { name: /^2/ });
  await second.focus();
  await second.press("Alt+ArrowUp");
  await expect(page.getByRole("list").getByRole("button", { name: /^1.*বাংলাদেশের/ })).toBeVisible();
}

async function enrol(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Students", exact: true }).click();
  await page.getByRole("button", { name: "Import a list" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Paste lines" }).fill("nobody@example.org");
  await dialog.getByRole("button", { name: "Try out" }).click();
  await expect(dialog.getByText("1 line is wrong; nothing was changed")).toBeVisible();
  const lines = NAMES.map((name, at) => `${mailOf(at)},${name},Room ${1 + (at % 2)}`);
  await dialog.getByRole("textbox", { name: "Paste lines" }).fill(["email,name,group", ...lines].join("\n"));
  await dialog.getByRole("button", { name: "Try out" }).click();
  await expect(dialog.getByText("12 added")).toBeVisible();
  await dialog.getByRole("button", { name: "Take over" }).click();
  await expect(dialog.getByText("Taken over")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("12");
  await expect(page.getByRole("cell", { name: mailOf(11) })).toBeVisible();
}

async function publish(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await expect(page.getByText("(12 on the list)")).toBeVisible();
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("button", { name: "Publish" })).toHaveCount(0);
}

/** A folder for the pictures of the README: then only faces that may be published are filmed. */
const PICTURES = process.env["PICTURES"];

/** One with company, one who looks away, one who leaves; and what the nine others do. */
async function film(folder: string): Promise<string[]> {
  const [company, gone, calm] = await Promise.all([makeVideo(folder, "company"), makeVideo(folder, "gone"), makeVideo(folder, "calm")]);
  return [company, PICTURES ? company : videoOf(folder), gone, calm];
}

/** The nine come first and send fewer pictures. */
function sitDown(server: ProctorServer, examId: number, videos: readonly string[]): Replay[] {
  const replay = (at: number) =>
    server.replay(videos[Math.min(at, 3)] ?? "", examId, { email: mailOf(at), password: PASSWORD, fps: at < 3 ? 2 : 0.3 });
  const calm = NAMES.slice(3).map((_, at) => replay(at + 3));
  return [replay(0), replay(1), replay(2), ...calm];
}

async function portray(page: Page, tile: Locator): Promise<void> {
  if (!PICTURES) return;
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const [language, button] of [
    ["bn", "বাংলা"],
    ["en", "English"],
  ] as const) {
    await page.getByRole("button", { name: button, exact: true }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await page.screenshot({ path: join(PICTURES, `live-${language}.png`) });
  }
  await tile.click();
  await page.screenshot({ path: join(PICTURES, "live-student-en.png") });
  await tile.click();
}

async function act(page: Page, tile: Locator): Promise<void> {
  await tile.click();
  await page.getByRole("textbox", { name: "Write to the student" }).fill("Is somebody with you? কেউ কি সঙ্গে আছেন?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("listitem").filter({ hasText: "Is somebody with you?" })).toBeVisible();
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
}

type OwnExam = { exam: { id: number }; exam_session: { id: number; state: string } | null };

/** The video ends here, and the student hands in. */
async function handIn(server: ProctorServer, examId: number, replay: Replay | undefined, at: number): Promise<void> {
  await replay?.stop();
  const token = await tokenAt(server.url, mailOf(at), PASSWORD);
  const exams = await api<OwnExam[]>(server.url, token, "GET", "/students/me/exams");
  const taken = exams.find(({ exam }) => exam.id === examId)?.exam_session;
  if (taken?.state === "active") await api(server.url, token, "POST", `/proctoring/end-session/${taken.id}`);
}

async function printed(page: Page, folder: string, language: Language, expected: readonly string[]): Promise<void> {
  const downloaded = page.waitForEvent("download");
  await page.getByRole("button", { name: words(language, "review:download.pdf"), exact: true }).click();
  const pdf = join(folder, `report-${language}.pdf`);
  await (await downloaded).saveAs(pdf);
  if (!POPPLER) {
    test.info().annotations.push({ type: "left out", description: "no pdftotext and pdftoppm here: the report was fetched, not read" });
    return;
  }
  const text = textOf(pdf);
  expect(expected.filter((one) => !text.includes(one.replaceAll(/\s/g, "")))).toEqual([]);
  for (const number of [1, 2]) {
    const { png, ...ink } = await inkOf(page, pdf, number);
    await test.info().attach(`report-${language}-${number}`, { body: png, contentType: "image/png" });
    expect(ink.width).toBeGreaterThan(400);
    // The second may end after a few lines.
    expect(ink.share, `page ${number} of the report in ${language} is empty`).toBeGreaterThan(number === 1 ? 0.01 : 0.002);
    expect(ink.colours).toBeGreaterThan(20);
  }
}

test("a class of twelve is authored, enrolled, watched, helped, reviewed, decided and printed", async ({ page, server }, info) => {
  test.setTimeout(240_000);
  const filming = film(info.outputDir);
  const accounts = makeAccounts(server); // while the exam is written
  await logIn(page, "teacher");
  const examId = await makeExam(page);
  await api(server.url, await tokenOf(server.url, "teacher"), "PUT", `/exams/${examId}`, SPARED);
  await writeQuestions(page);
  await accounts;
  await enrol(page);
  await publish(page);

  await page.getByRole("link", { name: "Live", exact: true }).click();
  await expect(page.getByText("Nobody has started yet")).toBeVisible();
  const replays = sitDown(server, examId, await filming);
  try {
    const tiles = page.getByRole("list", { name: "Students" }).getByRole("button");
    await expect(tiles).toHaveCount(12, { timeout: 60_000 });
    const misbehaving = replays.slice(0, 3).map(async ({ opened }, at) => {
      const { kind } = await opened;
      const tile = tiles.filter({ hasText: NAMES[at] ?? "" });
      await expect(tile).toContainText(kindName(kind));
      await expect(tile).toHaveAttribute("data-gravity", /info|warning|critical/);
      const place = (await tiles.allInnerTexts()).findIndex((text) => text.includes(NAMES[at] ?? ""));
      expect(place, "trouble comes first on the wall").toBeLessThan(3);
    });
    await Promise.all(misbehaving);
    await expect(page.getByText("Online: 12 of 12")).toBeVisible();
    await expectAccessible(page);
    await portray(page, tiles.filter({ hasText: NAMES[0] ?? "" }));
    await act(page, tiles.filter({ hasText: NAMES[0] ?? "" }));
    await page.getByRole("button", { name: "বাংলা", exact: true }).click();
    await expect(page.getByRole("heading", { name: words("bn", "ui:live.timeline") })).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: kindName("multiple_faces", "bn") }).first()).toBeVisible();
    await handIn(server, examId, replays[0], 0);
    await review(page, info.outputDir);
    await Promise.all(replays.slice(1).map((replay, at) => handIn(server, examId, replay, at + 1)));
    const token = await tokenOf(server.url, "teacher");
    const queue = await api<{ student: { full_name: string }; trust: number; reasons: unknown[] }[]>(
      server.url, token, "GET", `/review/queue?exam_id=${examId}&status=all`,
    );
    expect(queue).toHaveLength(12);
    const quiet = queue.filter(({ student }) => NAMES.indexOf(student.full_name) > 2);
    expect(quiet.filter(({ trust, reasons }) => trust < 100 || reasons.length > 0)).toEqual([]);
  } finally {
    await Promise.all(replays.map((replay) => replay.stop()));
  }
});

/** In Bangla until the last step: dismiss one, see trust change, decide, print in both languages. */
async function review(page: Page, folder: string): Promise<void> {
  await page.getByRole("link", { name: words("bn", "staff:tabs.review"), exact: true }).last().click();
  await page.getByRole("link", { name: new RegExp(NAMES[0] ?? "") }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(NAMES[0] ?? "");
  const score = page.getByRole("status").filter({ hasText: words("bn", "ui:live.trust") });
  const measured = words("bn", "review:measured", { n: "" }).slice(0, 8);
  await expect(score).not.toContainText(measured);
  const before = await score.innerText();
  await page.getByRole("button", { name: words("bn", "review:give.dismissed") }).click();
  await expect(score).not.toHaveText(before);
  await expect(score).toContainText(measured);
  await page.getByRole("button", { name: words("bn", "review:decide") }).click();
  await page.getByRole("radio", { name: words("bn", "review:decision.suspicious") }).check();
  await page.getByLabel(words("bn", "review:textToStudent")).fill(DECISION);
  await page.getByLabel(words("bn", "review:noteForStaff")).fill("Kept among staff");
  await page.getByRole("dialog").getByRole("button", { name: words("bn", "review:decide") }).click();
  await expect(page.getByText(words("bn", "review:told", { text: DECISION }))).toBeVisible();

  const always = [NAMES[0] ?? "", TITLE, DECISION];
  const titles = ["session.title", "decision", "breakdown", "violations", "how_sure"];
  for (const language of ["bn", "en"] as const) {
    if (language === "en") await page.getByRole("button", { name: "English", exact: true }).click();
    await printed(page, folder, language, [...always, ...titles.map((key) => words(language, `reports:${key}`)), kindName("multiple_faces", language)]);
  }
}
