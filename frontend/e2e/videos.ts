// The student's video, and the names of what is seen in it.
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./server";
import { type Language, words } from "./words";

const run = promisify(execFile);
const REAL_VIDEO = join(ROOT, "..", "shared", "data", "gaze", "center_left_center.mp4");

/** The real video where there is one; else one made from a public-domain portrait, in which a second face appears. */
export function videoOf(folder: string): string {
  if (existsSync(REAL_VIDEO)) return REAL_VIDEO;
  const made = join(folder, "faces.mp4");
  execFileSync(join(ROOT, ".venv", "bin", "python"), [join(ROOT, "backend", "tools", "make_face_video.py"), made]);
  return made;
}

export function kindName(kind: string, language: Language = "en"): string {
  return words(language, `violations:${kind}.name`);
}

export type Scene = "second" | "gone" | "company" | "calm";

/** Always a made one: for eight of twenty seconds two faces or none; company and calm are longer. */
export async function makeVideo(folder: string, scene: Scene = "second"): Promise<string> {
  const made = join(folder, `${scene}.mp4`);
  await run(join(ROOT, ".venv", "bin", "python"), [join(ROOT, "backend", "tools", "make_face_video.py"), made, scene]);
  return made;
}
