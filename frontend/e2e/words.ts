// The page's own words, from the catalogues that it shows.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./server";

export type Language = "en" | "bn";
type Tree = { [key: string]: string | Tree };

/** `catalogue:dotted.key`; `{names}` are filled in from `params`. */
export function words(language: Language, key: string, params: Record<string, string> = {}): string {
  const [catalogue = "", path = ""] = key.split(":");
  const tree = JSON.parse(readFileSync(join(ROOT, "locales", language, `${catalogue}.json`), "utf8")) as Tree;
  const found = tree[path] ?? path.split(".").reduce<string | Tree | undefined>((at, part) => (typeof at === "object" ? at[part] : undefined), tree);
  if (typeof found !== "string") throw new Error(`no text ${key} in ${language}`);
  return found.replaceAll(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
}
