// Fails when the first load of the staff application, with the live page, is larger than promised.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 500;
const FOLDER = new URL("../dist/assets/", import.meta.url);

// Everything but the older font format, which no supported browser fetches.
const sizes = readdirSync(FOLDER)
  .filter((name) => !name.endsWith(".woff"))
  .map((name) => {
    const bytes = readFileSync(new URL(name, FOLDER));
    return { name, kb: (name.endsWith(".woff2") ? bytes.length : gzipSync(bytes).length) / 1024 };
  })
  .toSorted((a, b) => b.kb - a.kb);
const total = sizes.reduce((sum, { kb }) => sum + kb, 0);

for (const { name, kb } of sizes) console.log(`${kb.toFixed(1).padStart(8)} kB  ${name}`);
console.log(`${total.toFixed(1).padStart(8)} kB  in all (limit ${LIMIT_KB})`);
process.exitCode = total > LIMIT_KB ? 1 : 0;
