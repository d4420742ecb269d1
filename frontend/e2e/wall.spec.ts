// Measures the live wall with many students: WALL=300 npx playwright test e2e/wall.spec.ts (minutes; figures in docs/performance.md).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, logIn, test } from "./fixtures";
import { PROCTOR } from "./server";
import { api, tokenOf } from "./sittings";

const STUDENTS = Number(process.env["WALL"] ?? 0);
const FPS = process.env["WALL_FPS"] ?? "0.1";
const SECONDS = 90;
const MEASURED_MS = 40_000;

type Metrics = { cpuShare: number; heapMb: number; nodes: number };

test.skip(STUDENTS === 0, "a measurement, not a test");

test("the wall keeps up with many students", async ({ page, server }) => {
  test.setTimeout(600_000);
  await page.addInitScript(() => {
    const delays: number[] = [];
    Object.assign(window, { pictureDelays: delays });
    const Real = window.WebSocket;
    window.WebSocket = class extends Real {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols);
        this.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
          if (data instanceof ArrayBuffer) delays.push(Date.now() - Number(new DataView(data).getBigUint64(9)));
        });
      }
    };
  });
  await logIn(page, "admin");
  const admin = await tokenOf(server.url, "admin");
  const load = spawn(PROCTOR, ["load", "--students", String(STUDENTS), "--fps", FPS, "--seconds", String(SECONDS), "--server", server.url, "--json"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  try {
    const examId = await examOf(server.url, admin);
    await page.goto(`/exams/${examId}/live`);
    await expect(page.getByText(`of ${STUDENTS}`)).toBeVisible({ timeout: 300_000 });
    const measured = await measure(page);
    const delays = (await page.evaluate("pictureDelays.splice(0)")) as number[];
    delays.sort((a, b) => a - b);
    const tiles = await page.getByRole("list", { name: "Students" }).getByRole("button").count();
    const at = (share: number) => delays[Math.floor(delays.length * share)];
    console.log(JSON.stringify({ students: STUDENTS, fps: FPS, tiles, pictures: delays.length, p50: at(0.5), p95: at(0.95), ...measured }));
    expect(tiles).toBeLessThan(60);
  } finally {
    load.kill("SIGTERM");
    await once(load, "exit");
  }
});

async function examOf(url: string, token: string): Promise<number> {
  for (;;) {
    const [exam] = await api<{ id: number }[]>(url, token, "GET", "/exams/");
    if (exam) return exam.id;
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
  }
}

/** The page's main thread in processor time (not wall time: the machine may be busy), memory and elements. */
async function measure(page: import("@playwright/test").Page): Promise<Metrics> {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () =>
    Object.fromEntries((await client.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
  const before = await read();
  const started = Date.now();
  await page.waitForTimeout(MEASURED_MS);
  const after = await read();
  const spent = (after["TaskDuration"] ?? 0) - (before["TaskDuration"] ?? 0);
  return {
    cpuShare: Math.round((spent / ((Date.now() - started) / 1000)) * 1000) / 1000,
    heapMb: Math.round((after["JSHeapUsedSize"] ?? 0) / 1_048_576),
    nodes: after["Nodes"] ?? 0,
  };
}
