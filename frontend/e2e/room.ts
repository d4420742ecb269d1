// Exams and sittings made over the API for a student's browser.
import type { Page } from "@playwright/test";
import { expect } from "./fixtures";
import type { ProctorServer } from "./server";

export { newProfile, openBrowser, openPlainBrowser } from "./devices";

type Json = Record<string, unknown>;

export class Api {
  private constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  static async as(server: ProctorServer, role: "teacher" | "student" | "admin"): Promise<Api> {
    const answer = await fetch(`${server.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: `${role}@example.com`, password: `${role}123` }),
    });
    return new Api(server.url, ((await answer.json()) as { access_token: string }).access_token);
  }

  async call<T = Json>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

const both = (en: string, bn: string) => ({ en, bn });

/** One question of every type, in both languages. */
export const QUESTIONS: Json[] = [
  {
    type: "single_choice",
    text: both("Which river flows through Dhaka?", "ঢাকার পাশ দিয়ে কোন নদী বয়ে গেছে?"),
    body: { options: [{ id: "a", text: both("Buriganga", "বুড়িগঙ্গা") }, { id: "b", text: both("Teesta", "তিস্তা") }] },
    key: { option: "a" },
  },
  {
    type: "multiple_choice",
    text: both("Which are prime?", "কোনগুলো মৌলিক সংখ্যা?"),
    body: { options: [{ id: "a", text: both("two", "দুই") }, { id: "b", text: both("four", "চার") }, { id: "c", text: both("five", "পাঁচ") }] },
    key: { options: ["a", "c"] },
  },
  { type: "true_false", text: both("Water boils at 100 °C at sea level.", "সমুদ্রপৃষ্ঠে পানি ১০০ °সে.-এ ফোটে।"), key: { value: true } },
  { type: "short_text", text: both("The capital of Bangladesh?", "বাংলাদেশের রাজধানী?"), key: { accepted: ["Dhaka", "ঢাকা"] } },
  { type: "number", text: both("What is $12^2$?", "$12^2$ কত?"), key: { value: 144 } },
  {
    type: "fill_in",
    text: both("The sun rises in the {{a}}.", "সূর্য {{a}} দিকে ওঠে।"),
    body: { blanks: [{ id: "a" }] },
    key: { blanks: { a: ["east", "পূর্ব"] } },
  },
  {
    type: "matching",
    text: both("Match country and capital.", "দেশ ও রাজধানী মেলান।"),
    body: {
      items: [{ id: "n", text: both("Nepal", "নেপাল") }, { id: "i", text: both("India", "ভারত") }],
      targets: [{ id: "k", text: both("Kathmandu", "কাঠমান্ডু") }, { id: "d", text: both("Delhi", "দিল্লি") }],
    },
    key: { pairs: { n: "k", i: "d" } },
  },
  {
    type: "ordering",
    text: both("Order by size, smallest first.", "ছোট থেকে বড় সাজান।"),
    body: { items: [{ id: "1", text: both("ant", "পিঁপড়া") }, { id: "2", text: both("cat", "বিড়াল") }, { id: "3", text: both("cow", "গরু") }] },
    key: { order: ["1", "2", "3"] },
  },
  { type: "essay", text: both("Describe your village.", "আপনার গ্রামের বর্ণনা দিন।"), body: { max_words: 200 } },
  { type: "code", text: both("Write a function.", "একটি ফাংশন লিখুন।"), body: { language: "python", starter: "def f(x):\n    return x\n" } },
  { type: "file_upload", text: both("Upload your drawing.", "আপনার আঁকা ছবি দিন।"), body: { max_files: 1, types: [".png"], max_bytes: 1048576 } },
];
export const ESSAY = [{ type: "essay", text: both("Write what you know.", "যা জানেন লিখুন।") }];

/** A published exam that is open now; gives its id. */
export async function makeExam(teacher: Api, title: string, questions: Json[], settings: Json = {}): Promise<number> {
  const now = Date.now();
  const exam = await teacher.call<{ id: number }>("POST", "/exams/", {
    title,
    start_time: new Date(now - 60_000).toISOString(),
    end_time: new Date(now + 3_600_000).toISOString(),
    duration_minutes: 30,
    enable_identity_check: false,
    enable_screen_recording: false,
    ...settings,
  });
  for (const question of questions) await teacher.call("POST", `/exams/${exam.id}/questions`, question);
  await teacher.call("POST", `/exams/${exam.id}/publish`);
  return exam.id;
}

/** `url`: the server's, for a browser that knows none. */
export async function signIn(page: Page, url = "", email = "student@example.com", password = "student123"): Promise<void> {
  await page.goto(`${url}/room`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("My exams");
}

/** Consent and beginning over the API: for tests of what comes after. Gives the sitting's id, its page open. */
export async function enterRoom(page: Page, server: ProctorServer, examId: number): Promise<number> {
  const student = await Api.as(server, "student");
  await student.call("POST", `/exams/${examId}/consent`, { version: "e2e", camera: true, sound: true, screen: true, identity: true });
  const sitting = await student.call<{ id: number }>("POST", "/proctoring/start-session", { exam_id: examId, hold: true });
  await student.call("POST", `/exam-sessions/${sitting.id}/begin`);
  await page.goto(new URL(`/room/sittings/${sitting.id}`, page.url()).href);
  await expect(page.getByRole("heading", { name: /^Question/ })).toBeVisible();
  return sitting.id;
}

/** What the server holds of a sitting's answers, by question. */
export async function storedAnswers(server: ProctorServer, sittingId: number): Promise<{ value: unknown; late: boolean }[]> {
  const teacher = await Api.as(server, "teacher");
  return (await teacher.call<{ answers: { value: unknown; late: boolean }[] }>("GET", `/exam-sessions/${sittingId}/paper`)).answers;
}
