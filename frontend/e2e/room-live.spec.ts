// One exam with everything switched on: what the student meets on the way in, in the room and after it, and what staff do.
import { expect, expectAccessible, test } from "./fixtures";
import { Api, ESSAY, makeExam, openBrowser, QUESTIONS, signIn } from "./room";

const FORMULA = {
  type: "single_choice",
  text: { en: "What is $\\int_0^1 x^2\\,dx$?" },
  body: { options: [{ id: "a", text: { en: "$\\frac{1}{3}$" } }, { id: "b", text: { en: "$\\sqrt{2}$" } }] },
  key: { option: "a" },
};
const FILE = QUESTIONS.filter(({ type }) => type === "file_upload");
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

type Said = { from: string; text: string };

test("an exam with everything switched on, its teacher at work", async ({ server }, info) => {
  const teacher = await Api.as(server, "teacher");
  const exam = await makeExam(teacher, "Everything", [FORMULA, ...ESSAY, ...FILE], {
    allow_calculator: true,
    browser_lockdown: true,
    enable_identity_check: true,
    exam_password: "open, sesame",
    enable_screen_recording: true,
    require_id_document: true,
    require_room_view: true,
    waiting_room: true,
    max_tab_switches: 3,
  });
  const { page, context } = await openBrowser(server);
  await signIn(page);

  await test.step("rules, consent, check, help", async () => {
    await page.goto(`/room/exams/${exam}`);
    await expect(page.getByText(/until 180 days after the results are released/)).toBeVisible();
    await expect(page.getByText(/identity document or your room/)).toBeVisible();
    for (const box of await page.getByRole("checkbox").all()) await box.check();
    await page.getByRole("button", { name: "I agree" }).click();
    for (const name of ["Camera", "Light", "Your face", "Microphone", "Connection"]) {
      await expect(page.locator('.check[data-result="good"]').filter({ hasText: name })).toBeVisible({ timeout: 20_000 });
    }
    await page.getByRole("button", { name: "Play a tone" }).click();
    await page.getByRole("button", { name: "I heard it" }).click();
    await page.getByRole("button", { name: "Try full screen" }).click();
    await page.getByRole("button", { name: "Ask for help" }).click();
    await page.getByLabel("Password of the exam").fill("not this");
    await page.getByRole("button", { name: "Send it to my teachers" }).click();
    await expect(page.getByRole("alert")).toContainText(/password/i);
    await page.getByLabel("Password of the exam").fill("open, sesame");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Send it to my teachers" }).press("Enter");
    await expect(page.getByText(/Your hand is up: it has reached/)).toBeVisible();
  });
  const [sitting] = await teacher.call<{ id: number }[]>("GET", `/proctoring/sessions/${exam}`);
  const id = sitting?.id ?? 0;
  const told = async () => (await teacher.call<Said[]>("GET", `/exam-sessions/${id}/messages`)).filter(({ from }) => from === "student");
  const act = (what: string, body: Record<string, unknown> = {}) => teacher.call("POST", `/exam-sessions/${id}/${what}`, body);
  expect((await told())[0]?.text).toContain("Microphone: good");
  await act("message", { text: "We see you. Go on." });
  await expect(page.getByText("We see you. Go on.")).toBeVisible();
  await page.getByRole("button", { name: "Understood" }).click();

  await test.step("documents, waiting room, screen, beginning", async () => {
    await page.getByRole("button", { name: /^Go on/ }).click();
    await expect(page.getByLabel("Password of the exam"), "what was typed once is not asked for again").toHaveValue("open, sesame");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const take = page.getByRole("button", { name: "Take the picture" });
    await take.click();
    await expect(page.getByRole("heading", { name: /identity document/ })).toBeVisible();
    await take.click();
    await expect(page.getByRole("heading", { name: "Show your room" })).toBeVisible();
    await take.click();
    await expect(page.getByText("1 picture was sent.")).toBeVisible();
    await page.getByRole("button", { name: "That is all" }).click();
    await expect(page.getByRole("heading", { name: "Waiting room" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Begin the exam" }), "no button that does nothing").toHaveCount(0);
    await expectAccessible(page);
    expect(await teacher.call<unknown[]>("GET", `/exam-sessions/${id}/documents`)).toHaveLength(2);
    await act("admit");
    await page.getByRole("button", { name: "Share the screen" }).click();
    await expect(page.getByText(/This exam wants to see your screen/)).toBeHidden();
    await page.getByRole("button", { name: "Begin the exam" }).click();
    await expect(page.getByRole("heading", { name: "Question 1 of 3" })).toBeVisible();
    await expect(page.locator("main .katex")).toHaveCount(3);
  });

  await test.step("what is switched off says so and lets go on", async () => {
    expect(await page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
    await page.keyboard.press("Control+s");
    await expect(page.getByText("This key combination is switched off")).toBeVisible();
    await page.locator("main").click({ button: "right" });
    await expect(page.getByText("The menu of the right button is switched off")).toBeVisible();
    await page.getByRole("radio").first().press("Control+c");
    await expect(page.getByText("Copy and paste are switched off")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Understood" }).click();
    await page.evaluate(() => document.exitFullscreen());
    const back = page.getByRole("dialog", { name: "Please go back to full screen" });
    await expectAccessible(page);
    await back.getByRole("button", { name: "Back to full screen" }).click();
    await expect(back).toBeHidden();
    await page.evaluate(() => document.exitFullscreen());
    await back.getByText("It does not work for me").click();
    await back.getByLabel("Tell your teacher why").fill("my screen reader needs the window");
    await back.getByRole("button", { name: "Tell the teacher and go on" }).click();
    await expect(back).toBeHidden();
    await expect.poll(async () => (await told()).at(-1)?.text).toContain("my screen reader needs the window");
  });

  await test.step("a hand is taken down by the teacher, who has been there", async () => {
    const hand = page.getByRole("button", { name: "Lower hand" });
    await expect(hand).toBeVisible();
    await act("hand/lower");
    await expect(page.getByText(/Your hand is up/)).toBeHidden();
    await page.getByRole("button", { name: "Raise hand" }).press("Enter");
    await expect(page.getByText(/Your hand is up/)).toBeVisible();
    await act("hand/lower");
    await expect(page.getByText(/Your hand is up/)).toBeHidden();
  });

  await test.step("the teacher's words, a pause, more time", async () => {
    await act("message", { text: "Question 2 may be short." });
    await expect(page.getByText("Question 2 may be short.")).toBeVisible();
    await page.getByRole("button", { name: "Answer", exact: true }).click();
    const chat = page.getByRole("dialog", { name: "Messages" });
    await chat.getByLabel("Your message").fill("Thank you!");
    await chat.getByRole("button", { name: "Send" }).click();
    const own = chat.getByRole("listitem").filter({ hasText: "Thank you!" });
    await expect(own).toContainText("received");
    // From here on only the socket can bring it.
    await page.route("**/api/v1/exam-sessions/*/messages", (route) => route.abort());
    await expect(own).not.toContainText("read by your teacher");
    await told();
    await expect(own).toContainText("read by your teacher");
    await page.unroute("**/api/v1/exam-sessions/*/messages");
    await expectAccessible(page);
    await chat.getByRole("button", { name: "Close" }).click();
    await expect(page.getByRole("button", { name: "Messages", exact: true })).toBeVisible();
    await act("warn", { text: "Please stay in the picture." });
    const warning = page.getByRole("dialog", { name: "A word from your teacher" });
    await expect(warning).toContainText("Please stay in the picture.");
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await expect(warning).toBeHidden();
    await expect(page.getByText("Please stay in the picture."), "read once, it does not come again").toBeHidden();
    await act("pause", { reason: "Fire alarm" });
    await expect(page.getByRole("dialog", { name: "The exam is paused" })).toContainText("Fire alarm");
    await expectAccessible(page);
    await act("resume");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await act("extend", { minutes: 5 });
    await expect(page.getByText("You were given 5:00 more.")).toBeVisible();
    await expect(page.getByRole("timer", { name: "Time left" })).toHaveText(/^3[45]:/);
    await act("terminate", { reason: "The hall closes", delay_seconds: 30 });
    await expect(page.getByText(/^Your teacher ends the exam in 0:[23]/)).toBeVisible();
    await act("terminate/undo");
    await expect(page.getByText(/has taken the end back/)).toBeVisible();
  });

  await test.step("a task for the head, the room once more", async () => {
    await act("challenge");
    const task = page.getByRole("dialog", { name: "A short task" });
    await expect(task).toContainText(/Please (turn your head|look up)/);
    await expect(task.getByRole("timer")).toHaveText(/^[78] s left$/);
    await expectAccessible(page);
    await page.screenshot({ path: info.outputPath("challenge.png") });
    // Nobody turns in this picture: it ends by itself, and says what came of it.
    await expect(task).toBeHidden({ timeout: 30_000 });
    await expect(page.getByText(/was not seen in time|could not see well enough/)).toBeVisible({ timeout: 45_000 });
    await act("room-view");
    const room = page.getByRole("dialog", { name: "Please show your room" });
    await room.getByRole("button", { name: "Take the picture" }).click();
    await expect(room).toContainText("1 picture was sent.");
    await expectAccessible(page);
    await room.getByRole("button", { name: "That is all" }).click();
  });

  await test.step("by keyboard: answers, flag, a file, calculator, looks", async () => {
    await page.getByRole("radio").first().focus();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Flag for later" }).press("Enter");
    await expect(page.getByRole("button", { name: "Question 1, answered, flagged" })).toBeVisible();
    await page.getByRole("button", { name: "Question 3, not answered" }).press("Enter");
    await page.locator('input[type="file"]').setInputFiles({ name: "drawing.png", mimeType: "image/png", buffer: PNG });
    await expect(page.getByText("drawing.png").first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Question 3, answered" })).toBeVisible();
    await page.getByRole("button", { name: "Calculator" }).press("Enter");
    await page.getByLabel("Calculation").fill("2^10/4");
    await page.keyboard.press("Enter");
    await expect(page.locator(".calculator-value")).toHaveText("= 256");
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.locator("summary").filter({ hasText: "Appearance" }).press("Enter");
    await page.getByLabel("High contrast").check();
    await page.getByLabel("Size of the text").selectOption("200");
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await expect(page.getByLabel("High contrast")).toBeHidden();
    await page.getByRole("button", { name: "Hide myself" }).press("Enter");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(page.locator(".saved")).toHaveText(/Saved on the server/);
    await page.reload();
    await expect(page.getByRole("button", { name: "Show myself" })).toBeVisible();
    await expect(page.locator(".room")).toHaveAttribute("data-size", "200");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  await test.step("after it: what was noted, what it cost, a comment, the result", async () => {
    const back = page.getByRole("dialog", { name: "Please go back to full screen" });
    await back.getByRole("button", { name: "Back to full screen" }).click();
    await page.getByRole("button", { name: "Hand in…" }).click();
    await page.getByRole("button", { name: "Hand in", exact: true }).click();
    await expect(page.getByText("All your answers are on the server")).toBeVisible({ timeout: 30_000 });
    const noted = page.getByRole("article", { name: "Full screen left" }).first();
    await expect(noted).toContainText(/It costs [\d.]+ points/);
    await expect(noted.getByRole("button", { name: /^Picture 1/ })).toBeVisible();
    await noted.getByLabel(/^Your word/).fill("My screen reader closes it.");
    await noted.getByRole("button", { name: "Send the comment" }).click();
    await expect(noted.getByText("Your comment was sent.")).toBeVisible();
    await expect(page.getByText(/of the time was observed/)).toBeVisible();
    await expect(page.getByRole("heading", { name: "When there was no line" })).toHaveCount(0);
    await expectAccessible(page);
    await teacher.call("POST", `/exams/${exam}/results/release`, { anyway: true });
    await page.reload();
    await expect(page.locator(".results .katex").first()).toBeVisible();
    await expect(page.getByText("Right answer:").first()).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: info.outputPath("after.png"), fullPage: true });
  });
  await context.close();
});

test("practice from beginning to end; a second device takes an exam over; a part with its own time, only forward", async ({ server }) => {
  const exam = await makeExam(
    await Api.as(server, "teacher"),
    "Two devices",
    ESSAY.flatMap((essay) => [{ ...essay, seconds: 600 }, essay]),
    { navigation: "forward" },
  );
  const one = await openBrowser(server, { width: 390, height: 844 });
  await signIn(one.page);
  await one.page.getByRole("link", { name: "Practise" }).click();
  await expect(one.page.locator('.check[data-result="good"]').filter({ hasText: "Your face" })).toBeVisible({ timeout: 20_000 });
  await expectAccessible(one.page);
  await one.page.getByRole("button", { name: /^Go on/ }).click();
  const take = one.page.getByRole("button", { name: "Take the picture" });
  const begin = one.page.getByRole("button", { name: "Begin the exam" });
  await expect(take.or(begin)).toBeVisible();
  if (await take.isVisible()) await take.click();
  await begin.click();
  await expect(one.page.getByRole("heading", { name: "Question 1 of 11" })).toBeVisible();
  await one.page.getByRole("radio").first().check();
  await expectAccessible(one.page);
  await one.page.getByRole("button", { name: "Hand in…" }).click();
  await expectAccessible(one.page);
  await one.page.getByRole("button", { name: "Hand in", exact: true }).click();
  await expect(one.page.getByText("All your answers are on the server")).toBeVisible({ timeout: 30_000 });

  const student = await Api.as(server, "student");
  await student.call("POST", `/exams/${exam}/consent`, { version: "e2e", camera: true, sound: true, screen: true, identity: true });
  const { id } = await student.call<{ id: number }>("POST", "/proctoring/start-session", { exam_id: exam, hold: true });
  await student.call("POST", `/exam-sessions/${id}/begin`);
  await one.page.goto(`/room/sittings/${id}`);
  await one.page.getByRole("textbox").first().fill("from the phone");
  await expect(one.page.locator(".saved")).toHaveText(/Saved on the server/);
  const two = await openBrowser(server);
  await signIn(two.page);
  await two.page.goto(`/room/sittings/${id}`);
  await expect(two.page.getByRole("textbox").first()).toHaveValue("from the phone");
  const away = one.page.getByRole("dialog", { name: /open in another tab or on another device/ });
  await expect(away).toBeVisible();
  await expectAccessible(one.page);
  await two.page.getByRole("textbox").first().fill("from the laptop");
  await expect(two.page.locator(".saved")).toHaveText(/Saved on the server/);
  await away.getByRole("button", { name: "Go on here" }).click();
  await expect(one.page.getByRole("textbox").first()).toHaveValue("from the laptop");
  await two.context.close();

  await expect(one.page.locator(".question-time")).toHaveText(/^This part: 9:/);
  await expect(one.page.getByText(/you cannot come back to a question/)).toBeVisible();
  await one.page.getByRole("button", { name: "Next", exact: true }).click();
  await expect(one.page.locator(".saved")).toHaveText(/Saved on the server/);
  await one.page.reload();
  await expect(one.page.getByRole("heading", { name: "Question 2 of 2" })).toBeVisible();
  await expect(one.page.getByRole("button", { name: "Back", exact: true })).toBeDisabled();
  await expect(one.page.getByRole("button", { name: "Question 1, answered" })).toBeDisabled();
  await one.context.close();
});
