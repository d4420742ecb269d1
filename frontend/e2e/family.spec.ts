// The seed family's own front end on this server: a page of another origin, in a real browser, that speaks D2 to us.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { expect, test } from "./fixtures";
import { api, tokenOf } from "./sittings";

const PORTS = [3000, 5173];
/** As such a front end does it: axios' headers, credentials asked for, the token in the socket's address, a canvas for the frames. */
const PAGE = `<!doctype html><title>Family</title><video autoplay muted playsinline></video><dl></dl><script>
const at = new URLSearchParams(location.search), api = at.get("api") + "/api/v1";
let token;
const show = (name, value) => {
  const line = document.createElement("dd");
  line.id = name;
  line.textContent = typeof value === "string" ? value : JSON.stringify(value);
  document.querySelector("dl").append(line);
};
const ask = (method, path, body) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open(method, api + path);
  request.withCredentials = true;
  request.setRequestHeader("Content-Type", "application/json");
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  if (token) request.setRequestHeader("Authorization", "Bearer " + token);
  request.onerror = () => reject(new Error("the browser refused " + path));
  request.onload = () => resolve({ status: request.status, data: JSON.parse(request.responseText) });
  request.send(body && JSON.stringify(body));
});
const run = async () => {
  const form = new URLSearchParams({ username: "student@example.com", password: "student123" });
  const login = await (await fetch(api + "/auth/login", { method: "POST", body: form })).json();
  token = login.access_token;
  show("who", login.user.role);
  show("refused", (await ask("POST", "/proctoring/start-session", {})).data.detail.map(({ loc }) => loc[1]));
  const exams = (await ask("GET", "/exams/?search=" + at.get("title"))).data;
  const session = (await ask("POST", "/proctoring/start-session", { exam_id: exams[0].id })).data;
  const camera = document.querySelector("video");
  camera.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
  await camera.play();
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  canvas.getContext("2d").drawImage(camera, 0, 0, 640, 480);
  const socket = new WebSocket(api.replace("http", "ws") + "/proctoring/ws/" + session.id + "?token=" + token);
  const heard = {};
  socket.onmessage = ({ data }) => { const message = JSON.parse(data); heard[message.type]?.(message); };
  socket.onclose = ({ code }) => show("closed", String(code));
  const tell = (message, answer) => new Promise((resolve) => {
    heard[answer] = resolve;
    if (message) socket.send(JSON.stringify(message));
  });
  await tell(null, "connection_established");
  const told = { user_id: login.user.id, timestamp: new Date().toISOString(), exam_duration: 60, current_time: 1 };
  const seen = await tell({ type: "frame_data", frame: canvas.toDataURL("image/jpeg", 0.8), ...told }, "frame_analysis");
  show("faces", String(seen.ai_results.face_detection.faces_detected));
  show("quality", Object.entries(seen.ai_results.frame_quality).filter(([, value]) => typeof value === "number").map(([name]) => name));
  show("before", seen.trust_score);
  const event = { type: "tab_switch", timestamp: Date.now() };
  show("after", (await tell({ type: "browser_event", event }, "browser_event_processed")).trust_score);
  show("beat", Object.keys(await tell({ type: "heartbeat" }, "heartbeat_ack")));
  show("final", (await ask("POST", "/proctoring/end-session/" + session.id)).data);
};
run().catch((error) => show("trouble", String(error)));
</script>`;

/** At an address that the server's own default lets in; null where others have both ports. */
async function frontEnd(): Promise<{ origin: string; servers: Server[] } | null> {
  for (const port of PORTS) {
    const servers: Server[] = [];
    try {
      for (const host of ["127.0.0.1", "::1"]) {
        const one = createServer((_request, answer) => answer.setHeader("Content-Type", "text/html").end(PAGE));
        servers.push(one);
        one.listen(port, host);
        await Promise.race([once(one, "listening"), once(one, "error").then(([error]) => Promise.reject(error))]);
      }
      return { origin: `http://localhost:${port}`, servers };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRNOTAVAIL") return { origin: `http://localhost:${port}`, servers };
      for (const one of servers) one.close();
    }
  }
  return null;
}

test("a front end of the seed family at localhost:3000 logs in, sits an exam and shows what is seen", async ({ page, server }) => {
  const there = await frontEnd();
  test.skip(there === null, "others listen on ports 3000 and 5173");
  if (!there) return;
  const teacher = await tokenOf(server.url, "teacher");
  const title = `Family${Date.now()}`;
  const now = Date.now();
  await api(server.url, teacher, "POST", "/exams/", {
    title,
    start_time: new Date(now - 60_000).toISOString(),
    end_time: new Date(now + 3_600_000).toISOString(),
    duration_minutes: 30,
    status: "published",
  });
  try {
    await page.goto(`${there.origin}/?api=${server.url}&title=${title}`);
    await expect(page.locator("#final, #trouble")).toBeVisible();
    const shown = (name: string) => page.locator(`#${name}`).textContent();
    expect(await page.locator("#trouble").count() ? await shown("trouble") : null).toBeNull();
    expect(await page.evaluate(() => location.origin)).toBe(there.origin);
    expect([await shown("who"), await shown("refused"), await shown("faces")]).toEqual(["student", '["exam_id"]', "1"]);
    expect(JSON.parse((await shown("quality")) ?? "")).toEqual(["brightness", "contrast", "blur_score"]);
    const [before, after, ended] = await Promise.all(["before", "after", "final"].map(async (name) => JSON.parse((await shown(name)) ?? "")));
    expect(before).toEqual({ current_score: 100, category: "good", trend: "stable", violations_count: 0 });
    expect([after.trend, after.violations_count, after.current_score < 100]).toEqual(["declining", 1, true]);
    expect(ended.is_completed).toBe(true);
    expect(ended.final_trust_score).toBeCloseTo(after.current_score / 100, 3);
    await expect(page.locator("#closed")).toHaveText("1008"); // after the error that the dialects end with
  } finally {
    for (const one of there.servers) one.close();
  }
});
