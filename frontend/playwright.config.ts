// Browser tests: Debian's Chromium against a real server that each spec starts for itself.
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "e2e",
  timeout: process.env.LONG ? 900_000 : 120_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 2, // they wait more than they work; each has a server of its own
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    headless: true,
    actionTimeout: 10_000,
    locale: "en-GB",
    timezoneId: "Asia/Dhaka",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(existsSync(chromium) ? { executablePath: chromium } : {}),
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    },
  },
});
