// Writes the service worker with the list of what it keeps: known only after the build has named its files.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const SOURCE = fileURLToPath(new URL("room-worker.js", import.meta.url));
const FIXED = ["/favicon.svg", "/room.webmanifest", "/sound-gate.js"];
/** Chunks that are loaded by need and yet belong to a running exam: the words it starts with, in both languages. */
const WORDS = wordsOf(readFileSync(fileURLToPath(new URL("../src/room/main.tsx", import.meta.url)), "utf8"));
/** Formulas and their fonts come, and stay, with the first question that has one. */
const LATER = /katex/i;

type Chunk = {
  type: "chunk" | "asset";
  fileName: string;
  name?: string;
  isEntry?: boolean;
  facadeModuleId?: string | null;
  imports?: string[];
  viteMetadata?: { importedCss: Set<string>; importedAssets: Set<string> };
};

function wordsOf(main: string): RegExp {
  const names = [...(/startLanguages\(\[(.*?)\]\)/s.exec(main)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(([, name]) => name);
  if (names.length === 0) throw new Error("src/room/main.tsx starts no words");
  return new RegExp(`locales/(en|bn)/(${names.join("|")})\\.json$`);
}

export function roomShell(): Plugin {
  return {
    name: "room-shell",
    apply: "build",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle) as unknown as Chunk[];
      const wanted = new Set<string>();
      const take = (chunk: Chunk | undefined) => {
        if (!chunk || wanted.has(chunk.fileName)) return;
        wanted.add(chunk.fileName);
        for (const name of chunk.viteMetadata?.importedCss ?? []) wanted.add(name);
        for (const name of chunk.viteMetadata?.importedAssets ?? []) wanted.add(name);
        for (const name of chunk.imports ?? []) take(files.find((one) => one.fileName === name));
      };
      for (const chunk of files) {
        const from = chunk.facadeModuleId ?? "";
        if (from.endsWith("/exam.html") || WORDS.test(from) || from.endsWith("/highlight.ts")) take(chunk);
        if (/room\.worker-[\w-]+\.js$/.test(chunk.fileName)) wanted.add(chunk.fileName);
        if (/noto-sans-bengali-bengali-400-normal-[\w-]+\.woff2$/.test(chunk.fileName)) wanted.add(chunk.fileName);
      }
      const listed = [...wanted].filter((name) => !LATER.test(name) && !name.endsWith(".woff")).toSorted();
      const paths = [...listed.map((name) => `/${name}`), ...FIXED];
      const version = createHash("sha256").update(paths.join("\n")).digest("hex").slice(0, 12);
      const source = readFileSync(SOURCE, "utf8")
        .replace("__VERSION__", version)
        .replace("__FILES__", JSON.stringify(paths, null, 2));
      this.emitFile({ type: "asset", fileName: "room-worker.js", source });
    },
  };
}
