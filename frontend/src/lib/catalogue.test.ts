// The catalogues: both languages say the same things with the same placeholders, and the code asks only for what exists.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

type Tree = { [key: string]: string | Tree };
type Words = Record<string, string>;

/** The web app's own catalogues; the server's (errors, violations, …) have their own checks. */
const CATALOGUES = ["ui", "staff", "review", "authoring", "analytics", "quick", "question", "student", "room"].filter((name) =>
  existsSync(`../locales/en/${name}.json`),
);
/** What is the same in both languages on purpose: names and signs. */
const SAME = /^(review:speed|ui:live\.hash|authoring:format\..*|authoring:sample\..*)$/;

function flat(tree: Tree, prefix = ""): Words {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value]] : Object.entries(flat(value, `${prefix}${key}.`)),
    ),
  );
}

function catalogue(language: "en" | "bn"): Words {
  return Object.assign(
    {},
    ...CATALOGUES.map((name) => flat(JSON.parse(readFileSync(`../locales/${language}/${name}.json`, "utf8")) as Tree, `${name}:`)),
  ) as Words;
}

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();

const en = catalogue("en");
const bn = catalogue("bn");

/** Keys without a catalogue's name belong to the first one of the application that the file is part of. */
function known(key: string): boolean {
  const full = key.includes(":") ? key : `ui:${key}`;
  if (!CATALOGUES.includes(full.split(":")[0] ?? "")) return true;
  return full in en || `${full}_other` in en;
}

describe("the web app's catalogues", () => {
  it("have the same keys in both languages", () => {
    expect(Object.keys(bn).toSorted()).toEqual(Object.keys(en).toSorted());
  });

  it("have the same placeholders in both languages", () => {
    for (const [key, text] of Object.entries(en)) expect([key, placeholders(bn[key] ?? "")]).toEqual([key, placeholders(text)]);
  });

  it("have no Latin digits and no untranslated text in Bangla", () => {
    expect(Object.keys(en).filter((key) => en[key] === bn[key] && !SAME.test(key))).toEqual([]);
    expect(Object.entries(bn).filter(([key, text]) => !SAME.test(key) && /[0-9]/.test(text))).toEqual([]);
  });

  it("know every key that the code names literally", () => {
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /(?<!\.test)\.tsx?$/.test(name));
    const wanted = new Set(
      sources.flatMap((name) =>
        [...readFileSync(join("src", name), "utf8").matchAll(/\bt\(\s*"([\w.:]+)"/g)].map(([, key = ""]) =>
          name.startsWith("room") && !key.includes(":") ? `room:${key}` : key,
        ),
      ),
    );
    expect(wanted.size).toBeGreaterThan(50);
    expect([...wanted].filter((key) => !known(key))).toEqual([]);
  });
});
