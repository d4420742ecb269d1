// Fails when one application's first load is larger than promised: what its entry needs at once, compressed as sent.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));

/** Limits in kB. `with`: what belongs to the first load although its code is split off. */
const BUDGETS = [
  {
    name: "exam room",
    limit: 300,
    entry: "exam.html",
    // The worst case of the two languages, and what the room cannot work without.
    with: ["../locales/bn/room.json", "../locales/bn/question.json", "../locales/bn/violations.json", "../locales/bn/states.json", "../locales/bn/errors.json"],
    files: ["sound-gate.js", "room-worker.js", "room.webmanifest", "favicon.svg"],
    assets: [/room\.worker-.*\.js$/],
  },
  {
    name: "staff, with live wall and review",
    limit: 500,
    entry: "index.html",
    with: [
      "src/app/pages/LivePage.tsx",
      "src/app/pages/ReviewPage.tsx",
      "src/app/pages/SittingReviewPage.tsx",
      "../locales/bn/ui.json",
      "../locales/bn/staff.json",
      "../locales/bn/review.json",
      "../locales/bn/authoring.json",
      "../locales/bn/analytics.json",
      "../locales/bn/violations.json",
      "../locales/bn/states.json",
      "../locales/bn/errors.json",
    ],
    files: ["favicon.svg"],
    assets: [],
  },
];

function needed(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the build has no ${key}`);
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) found.add(file);
  for (const next of chunk.imports ?? []) if (!found.has(manifest[next].file)) needed(next, found);
  return found;
}

/** Of two formats of a font every supported browser fetches the newer. */
const isFetched = (file) => !file.endsWith(".woff");
const sent = (bytes, file) => (file.endsWith(".woff2") ? bytes.length : gzipSync(bytes).length);

let failed = false;
for (const budget of BUDGETS) {
  const files = new Set([budget.entry, ...budget.files.filter((file) => existsSync(new URL(file, DIST)))]);
  for (const key of [budget.entry, ...budget.with.filter((one) => one in manifest)]) needed(key, files);
  for (const pattern of budget.assets) {
    for (const file of workers(pattern)) files.add(file);
  }
  const sizes = [...files]
    .filter(isFetched)
    .map((file) => ({ file, kb: sent(readFileSync(new URL(file, DIST)), file) / 1024 }))
    .toSorted((a, b) => b.kb - a.kb);
  const total = sizes.reduce((sum, { kb }) => sum + kb, 0);
  for (const { file, kb } of sizes) if (kb >= 1) console.log(`${kb.toFixed(1).padStart(8)} kB  ${file}`);
  console.log(`${total.toFixed(1).padStart(8)} kB  first load of ${budget.name} (limit ${budget.limit})\n`);
  failed ||= total > budget.limit;
}
process.exitCode = failed ? 1 : 0;

/** Workers are built apart and are in no manifest. */
function workers(pattern) {
  return readdirSync(new URL("assets/", DIST))
    .filter((name) => pattern.test(name))
    .map((name) => `assets/${name}`);
}
