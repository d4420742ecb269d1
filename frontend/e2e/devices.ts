// A student's devices: browsers with a face before the camera, each with its own storage.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, type BrowserContext, chromium, type Page, test } from "@playwright/test";
import type { ProctorServer } from "./server";
import { EXECUTABLE, switches } from "./webcam";

export type StudentBrowser = { context: BrowserContext; page: Page; profile: string };

/** As a device: its own cookies, storage and permissions. */
const device = (server: ProctorServer, { width = 1366, height = 768 }: { width?: number; height?: number }) => ({
  baseURL: server.url,
  locale: "en-GB",
  timezoneId: "Asia/Dhaka",
  reducedMotion: "reduce" as const,
  viewport: { width, height },
  permissions: ["camera", "microphone"],
});
let ours: Browser | null = null;

/** The browser that this worker has running. */
export function offerBrowser(browser: Browser): void {
  ours = browser;
}

/** A folder for a browser's profile, among the results of the running test: the next run clears them away. */
export async function newProfile(): Promise<string> {
  const folder = test.info().outputPath("profiles");
  await mkdir(folder, { recursive: true });
  return mkdtemp(join(folder, "device-"));
}

/**
 * A student's device. Those of a worker share its running browser, whose start costs four seconds of a processor. With
 * `disk` it has a browser of its own whose profile is on disk, so that what survives in it would survive on a real device;
 * `profile` is such a one from before; `video` is what its camera shows.
 */
export async function openBrowser(
  server: ProctorServer,
  options: { profile?: string; disk?: boolean; video?: string; width?: number; height?: number } = {},
): Promise<StudentBrowser> {
  const profile = options.profile ?? (options.disk || options.video ? await newProfile() : "");
  const context =
    profile || !ours
      ? await chromium.launchPersistentContext(profile, { ...EXECUTABLE, args: switches(options.video), ...device(server, options) })
      : await ours.newContext(device(server, options));
  context.setDefaultTimeout(30_000);
  return { context, page: context.pages()[0] ?? (await context.newPage()), profile };
}

/**
 * A browser that was started as a person starts one: Playwright makes every page of its own browsers believe that it is
 * in front and has the focus, whatever tab is over it. Addresses are whole ones here.
 */
export async function openPlainBrowser(): Promise<{ page: Page; context: BrowserContext; close: () => Promise<void> }> {
  const profile = await newProfile();
  const child = spawn(
    EXECUTABLE.executablePath ?? chromium.executablePath(),
    ["--headless=new", `--user-data-dir=${profile}`, "--remote-debugging-port=0", "--window-size=1366,768", "--lang=en-GB", ...switches(), "about:blank"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`the browser ended with ${code}`)));
  });
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const [context] = browser.contexts();
  if (!context) throw new Error("no context");
  context.setDefaultTimeout(30_000);
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await browser.close();
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  };
  return { page, context, close };
}
