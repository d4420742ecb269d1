// The student's video, and the names of what is seen in it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./server";

const REAL_VIDEO = join(ROOT, "..", "shared", "data", "gaze", "center_left_center.mp4");

/** The real video where there is one; else one made from a public-domain portrait, in which a second face appears. */
export function videoOf(folder: string): string {
  if (existsSync(REAL_VIDEO)) return REAL_VIDEO;
  const made = join(folder, "faces.mp4");
  execFileSync(join(ROOT, ".venv", "bin", "python"), [join(ROOT, "backend", "tools", "make_face_video.py"), made]);
  return made;
}

export function kindName(kind: string): string {
  const words = JSON.parse(readFileSync(join(ROOT, "locales", "en", "violations.json"), "utf8")) as Record<string, string>;
  return words[`${kind}.name`] ?? kind;
}

/** Always the made one: two faces for eight of twenty seconds. */
export function madeVideo(folder: string): string {
  const made = join(folder, "faces.mp4");
  if (!existsSync(made)) {
    execFileSync(join(ROOT, ".venv", "bin", "python"), [join(ROOT, "backend", "tools", "make_face_video.py"), made]);
  }
  return made;
}
