// Sittings made by a script: a student's own socket, from the browser, with events that become violations.
import type { Page } from "@playwright/test";

export const KINDS = [
  "tab_switch",
  "copy_paste",
  "right_click",
  "fullscreen_exit",
  "keyboard_shortcut",
  "devtools",
  "second_screen",
  "screen_share_stopped",
] as const;

export function tokenOf(url: string, role: "teacher" | "student" | "admin"): Promise<string> {
  return tokenAt(url, `${role}@example.com`, `${role}123`);
}

export async function tokenAt(url: string, email: string, password: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

export async function api<T>(url: string, token: string, method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Sits the exam once: sends every kind, waits until all is stored, hands in. Gives the sitting's number. */
export async function sitWithEvents(page: Page, url: string, student: string, examId: number): Promise<number> {
  const { id } = await api<{ id: number }>(url, student, "POST", "/proctoring/start-session", { exam_id: examId });
  const { ticket } = await api<{ ticket: string }>(url, student, "POST", `/proctoring/sessions/${id}/ticket`);
  await page.evaluate(
    ({ address, kinds }) =>
      new Promise<void>((resolve, reject) => {
        const socket = new WebSocket(address, "360proctor.v1");
        socket.addEventListener("close", ({ code }) => reject(new Error(`closed with ${code}`)));
        socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
          const message = JSON.parse(data) as { type: string; upto?: number };
          if (message.type === "hello") {
            for (const [at, kind] of kinds.entries()) {
              socket.send(JSON.stringify({ seq: at + 1, type: "event", t: Date.now(), kind }));
            }
          } else if (message.type === "ack" && message.upto === kinds.length) {
            resolve();
            socket.close();
          }
        });
      }),
    { address: `${url.replace("http", "ws")}/api/v1/proctoring/ws/${id}?token=${ticket}`, kinds: [...KINDS] },
  );
  await api(url, student, "POST", `/proctoring/end-session/${id}`);
  return id;
}
