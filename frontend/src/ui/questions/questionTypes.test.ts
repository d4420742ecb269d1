// Languages, words and orders of a question.
import { describe, expect, it } from "vitest";
import { countWords, moved, orderOf, wordsIn } from "./questionTypes";

describe("wordsIn", () => {
  it("falls back to the other language and says so", () => {
    expect(wordsIn({ en: "Why?", bn: "কেন?" }, "bn")).toEqual({ text: "কেন?", lang: "bn" });
    expect(wordsIn({ en: "Why?", bn: " " }, "bn")).toEqual({ text: "Why?", lang: "en" });
    expect(wordsIn({}, "bn")).toEqual({ text: "", lang: "bn" });
  });
});

describe("orders", () => {
  const items = ["a", "b", "c"].map((id) => ({ id, text: { en: id } }));

  it("move and stay within the ends", () => {
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], 1, 9)).toEqual(["a", "c", "b"]);
  });

  it("never lose an item that the answer does not mention", () => {
    expect(orderOf(items, ["c", "gone"]).map((one) => one.id)).toEqual(["c", "a", "b"]);
    expect(orderOf(items, null).map((one) => one.id)).toEqual(["a", "b", "c"]);
  });
});

it("counts Bangla words too", () => {
  expect(countWords("আমার সোনার বাংলা")).toBe(3);
  expect(countWords("  ")).toBe(0);
});
