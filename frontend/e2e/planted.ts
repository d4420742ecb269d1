// Words that would be a formula, markup, a template or a script, in every text that anybody can give the server.
import type { Page } from "@playwright/test";
import { Api } from "./room";
import type { ProctorServer } from "./server";
import { tokenAt } from "./sittings";
import { SocketStudent } from "./student";

export const PASSWORD = "violet kettle 94 rivers";
const SHORTEST = '"><img src=x onerror=__pwned=1>{{7*7}}';
const MORE = '<script>__pwned=1</script><svg/onload=__pwned=1>{{__pwned=1}}<a href="javascript:__pwned=1">$t(common.close)</a>';
/** Markdown-light and formulas are read in these, so they also get what those could be made of. */
const RICH =
  " $\\href{javascript:__pwned=1}{x} \\htmlClass{y}{z}$ <script>__pwned=1</script><svg/onload=__pwned=1> [x](javascript:__pwned=1)" +
  " ![x](javascript:__pwned=1) `<img src=y onerror=__pwned=1>`\n\n- **<img src=y onerror=__pwned=1>**";
export const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

/** What has been planted, and how it must be read: letter by letter. */
export class Planted {
  readonly shown = new Map<string, string>();

  /** For a line of text; `short`: where less than a hundred letters are taken. */
  line(mark: string, short = false): string {
    const words = `=${mark}${SHORTEST}${short ? "" : MORE}`;
    this.shown.set(mark, words);
    return words;
  }

  /** For a text in both languages in which formulas and the like are drawn. */
  rich(mark: string, before = ""): { en: string; bn: string } {
    const plain = before + this.line(mark, true);
    return { en: plain + RICH, bn: plain + RICH };
  }

  short(mark: string): { en: string; bn: string } {
    const plain = this.line(mark, true);
    return { en: plain, bn: plain };
  }
}

export type World = { words: Planted; examId: number; over: number; email: string; consent: () => Promise<unknown>; again: () => Promise<number>; tidy: () => Promise<void> };

/** A student of that name has sat an exam of those words and sits it again; staff have said them all. `page` is theirs to be at. */
export async function plant(server: ProctorServer, page: Page): Promise<World> {
  const words = new Planted();
  const [admin, teacher] = await Promise.all([Api.as(server, "admin"), Api.as(server, "teacher")]);
  const house = await admin.call<{ name: string }>("GET", "/institution");
  await admin.call("PUT", "/institution", { name: words.line("institution") });
  const email = `planted${Date.now()}@example.org`;
  const account = { password: PASSWORD, must_change_password: false };
  await admin.call("POST", "/users/", { ...account, email: `staff.${email}`, full_name: words.line("colleague"), role: "teacher" });
  const { id: studentId } = await admin.call<{ id: number }>("POST", "/users/", { ...account, email, full_name: words.line("student"), role: "student" });
  const { examId, essay, file } = await exam(teacher, words);
  await teacher.call("PUT", `/exams/${examId}/enrolments`, { students: [{ student: email, group: words.line("group", true) }] });
  const token = await tokenAt(server.url, email, PASSWORD);
  const pupil = { url: server.url, token, call: Api.prototype.call } as Api;
  const first = await SocketStudent.sit(page, server.url, token, examId);
  await first.openPaper();
  await first.answer(essay, words.line("answer"));
  await first.say({ type: "chat", text: words.line("chat") });
  await first.say({ type: "event", kind: "copy_paste" });
  const uploaded = await upload(pupil, first.sittingId, file, `${words.line("filename", true)}.png`);
  await first.say({ type: "answer", question_id: file, value: [uploaded], client_seq: 1 });
  const consent = () =>
    pupil.call("POST", `/exams/${examId}/consent`, {
      version: "planted", camera: true, sound: true, screen: true, identity: true,
      objection: words.line("objection"), shown: words.line("consent"),
    });
  const staff = (what: string, body: object) => teacher.call("POST", `/exam-sessions/${first.sittingId}/${what}`, body);
  await staff("message", { text: words.line("message") });
  await staff("warn", { text: words.line("warning") });
  await staff("pause", { reason: words.line("pause") });
  await staff("resume", {});
  await staff("flag", { reason: words.line("flag") });
  await staff("terminate", { reason: words.line("end") });
  await judged(teacher, pupil, words, first.sittingId, examId);
  let open = 0;
  const again = async () => {
    open = (await pupil.call<{ id: number }>("POST", "/proctoring/start-session", { exam_id: examId })).id;
    await teacher.call("POST", `/exam-sessions/${open}/message`, { text: words.line("again") });
    return open;
  };
  await admin.call("POST", "/notifications/send", {
    user_ids: [studentId, (await admin.call<{ id: number }>("GET", "/users/me")).id],
    title: words.line("title-of-news"), message: words.line("news"),
  });
  const tidy = async () => {
    await admin.call("PUT", "/institution", { name: house.name });
    if (open) await teacher.call("POST", `/exam-sessions/${open}/terminate`, { reason: "" });
  };
  return { words, examId, over: first.sittingId, email, consent, again, tidy };
}

/** Every field of an exam, its sections and its questions; one question in the bank. */
async function exam(teacher: Api, words: Planted): Promise<{ examId: number; essay: number; file: number }> {
  const now = Date.now();
  const { id: examId } = await teacher.call<{ id: number }>("POST", "/exams/", {
    title: words.line("exam"),
    description: words.line("description") + RICH,
    instructions: words.rich("instructions").en,
    group: words.line("course", true),
    start_time: new Date(now - 60_000).toISOString(),
    end_time: new Date(now + 3_600_000).toISOString(),
    duration_minutes: 30,
    max_attempts: 2,
    show_results_immediately: true,
    enable_identity_check: false,
  });
  const part = await teacher.call<{ id: number }>("POST", `/exams/${examId}/sections`, {
    title: words.short("section"), instructions: words.rich("section-text"),
  });
  const add = async (type: string, more: object) =>
    (await teacher.call<{ id: number }>("POST", `/exams/${examId}/questions`, {
      type, points: 2, section_id: part.id, text: words.rich(`text-${type}`, type === "fill_in" ? "{{a}} " : ""), explanation: words.rich(`why-${type}`), tags: [words.line("tag", true)], ...more,
    })).id;
  const pair = (mark: string) => [{ id: "a", text: words.rich(`${mark}-a`) }, { id: "b", text: words.rich(`${mark}-b`) }];
  await add("single_choice", { body: { options: pair("option") }, key: { option: "a" } });
  await add("short_text", { key: { accepted: [words.line("accepted")] } });
  await add("number", { body: { unit: words.line("unit", true) }, key: { value: 1 } });
  await add("fill_in", { body: { blanks: [{ id: "a", options: [words.line("gap"), "x"] }] }, key: { blanks: { a: ["x"] } } });
  await add("matching", { body: { items: pair("item"), targets: pair("target") }, key: { pairs: { a: "a", b: "b" } } });
  await add("ordering", { body: { items: pair("place") }, key: { order: ["a", "b"] } });
  await add("code", { body: { language: "python", starter: words.line("starter") } });
  const essay = await add("essay", { rubric: [{ id: "r", text: words.rich("rubric"), points: 2 }] });
  const file = await add("file_upload", { body: { max_files: 1, types: [".png"], max_bytes: 1_048_576 } });
  await teacher.call("POST", "/question-bank", { type: "essay", text: words.rich("bank"), points: 1, tags: [words.line("bank-tag", true)] });
  await teacher.call("POST", `/exams/${examId}/publish`);
  return { examId, essay, file };
}

/** What staff and student write about a sitting that is over. */
async function judged(teacher: Api, pupil: Api, words: Planted, sitting: number, examId: number): Promise<void> {
  const [violation] = await teacher.call<{ id: number }[]>("GET", `/exam-sessions/${sitting}/violations`);
  await pupil.call("POST", `/violations/${violation?.id}/comments`, { text: words.line("comment") });
  await teacher.call("POST", `/violations/${violation?.id}/verdict`, { verdict: "unsure", reason: words.line("reason") });
  await teacher.call("POST", `/exam-sessions/${sitting}/notes`, { text: words.line("note") });
  await teacher.call("POST", `/exam-sessions/${sitting}/decision`, { decision: "suspicious", text: words.line("decision"), note: words.line("inner") });
  await pupil.call("POST", `/exam-sessions/${sitting}/decision/comment`, { text: words.line("reply") });
  const { items } = await teacher.call<{ items: { answer_id: number }[] }>("GET", `/exams/${examId}/grading`);
  await teacher.call("PUT", `/answers/${items[0]?.answer_id}/mark`, { points: null, comment: words.line("mark"), internal_note: words.line("inner-mark") });
}

async function upload(pupil: Api, sitting: number, question: number, name: string): Promise<number> {
  const form = new FormData();
  form.set("question_id", String(question));
  form.set("file", new Blob([PNG], { type: "image/png" }), name);
  const answer = await fetch(`${pupil.url}/api/v1/exam-sessions/${sitting}/files`, {
    method: "POST",
    headers: { Authorization: `Bearer ${pupil.token}` },
    body: form,
  });
  if (!answer.ok) throw new Error(`the file: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { id: number }).id;
}

/** Everything that can be read on a page, what stands in its fields too; whether a script of ours ran. */
export async function read(page: Page): Promise<string> {
  const { text, pwned } = await page.evaluate(() => ({
    text: [
      document.body.innerText,
      document.title,
      ...[...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")].map(({ value }) => value),
      ...[...document.querySelectorAll<HTMLOptionElement>("option")].map(({ textContent }) => textContent),
      ...[...document.querySelectorAll("[aria-label], [title]")].map((one) => `${one.getAttribute("aria-label")} ${one.getAttribute("title")}`),
    ].join("\n"),
    pwned: "__pwned" in window,
  }));
  if (pwned) throw new Error(`something that was planted ran on ${page.url()}`);
  return text;
}
