// Browser tests: Debian's Chromium against a real server that each worker starts for itself.
import { defineConfig } from "@playwright/test";
import { EXECUTABLE, switches } from "./e2e/webcam";

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/webcam.ts",
  timeout: process.env.LONG ? 900_000 : 240_000, // patience costs nothing where all goes well
  expect: { timeout: 30_000 },
  fullyParallel: false,
  workers: 3, // on two cores: they wait twice as long as they work; each has a server of its own
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    headless: true,
    actionTimeout: 30_000,
    locale: "en-GB",
    timezoneId: "Asia/Dhaka",
    // Films and copies of the page at every step would cost half of the processor's time; LOOK_CLOSELY=1 keeps the copies.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: Boolean(process.env.LOOK_CLOSELY) },
    screenshot: "only-on-failure",
    contextOptions: { reducedMotion: "reduce" }, // drawn without a graphics card, movement costs more than the page
    launchOptions: { ...EXECUTABLE, args: switches() },
  },
});
