// What every test browser is started with, and the picture before its camera. As Playwright's global setup: makes that picture.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const MAKER = join(ROOT, "backend", "tools", "make_face_video.py");
/** A public-domain portrait that sways a little, as the frames of a camera; kept from run to run. */
const WEBCAM = join(import.meta.dirname, "..", "node_modules", ".cache", "proctor", "webcam.y4m");
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const EXECUTABLE: { executablePath?: string } = existsSync(chromium) ? { executablePath: chromium } : {};

export const switches = (video = WEBCAM): string[] => [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  `--use-file-for-fake-video-capture=${video}`,
  "--autoplay-policy=no-user-gesture-required",
];

export default function makeWebcam(): void {
  if (existsSync(WEBCAM) && statSync(WEBCAM).mtimeMs > statSync(MAKER).mtimeMs) return;
  mkdirSync(dirname(WEBCAM), { recursive: true });
  const made = join(dirname(WEBCAM), `${process.pid}.y4m`);
  execFileSync(join(ROOT, ".venv", "bin", "python"), [MAKER, made]);
  renameSync(made, WEBCAM);
}
