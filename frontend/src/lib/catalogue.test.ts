// The catalogue: both languages say the same things with the same placeholders, and the code asks only for what exists.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value]] : Object.entries(flat(value, `${prefix}${key}.`)),
    ),
  );
}

function catalogue(language: "en" | "bn"): Record<string, string> {
  return flat(JSON.parse(readFileSync(`../locales/${language}/ui.json`, "utf8")) as Tree);
}

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();

const en = catalogue("en");
const bn = catalogue("bn");

describe("ui.json", () => {
  it("has the same keys in both languages", () => {
    expect(Object.keys(bn).toSorted()).toEqual(Object.keys(en).toSorted());
  });

  it("has the same placeholders in both languages", () => {
    for (const [key, text] of Object.entries(en)) expect([key, placeholders(bn[key] ?? "")]).toEqual([key, placeholders(text)]);
  });

  it("has no Latin digits and no untranslated text in Bangla", () => {
    const untranslated = Object.keys(en).filter((key) => en[key] === bn[key]);
    expect(untranslated).toEqual(["live.hash"]);
    const digits = Object.entries(bn).filter(([key, text]) => key !== "live.hash" && /[0-9]/.test(text));
    expect(digits).toEqual([]);
  });

  it("knows every key that the code names literally", () => {
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /(?<!\.test)\.tsx?$/.test(name));
    const wanted = new Set(
      sources.flatMap((name) =>
        [...readFileSync(join("src", name), "utf8").matchAll(/\bt\(\s*"([\w.]+)"/g)].map(([, key]) => key ?? ""),
      ),
    );
    expect(wanted.size).toBeGreaterThan(50);
    expect([...wanted].filter((key) => !(key in en) && !(`${key}_other` in en))).toEqual([]);
  });
});
