// Answers in words.
import { describe, expect, it } from "vitest";
import { answerLines, rubricSum } from "./answerText";

const WORDS = { yes: "True", no: "False" };
const options = ["a", "b"].map((id) => ({ id, text: { en: id.toUpperCase(), bn: id === "a" ? "ক" : "" } }));

describe("answerLines", () => {
  it("names what was chosen, in the reader's language where there is one", () => {
    expect(answerLines({ type: "single_choice", body: { options } }, "a", "bn", WORDS)).toEqual(["ক"]);
    expect(answerLines({ type: "multiple_choice", body: { options } }, ["b", "gone"], "bn", WORDS)).toEqual(["B", "gone"]);
    expect(answerLines({ type: "true_false", body: {} }, false, "en", WORDS)).toEqual(["False"]);
  });

  it("shows what was left open", () => {
    expect(answerLines({ type: "matching", body: { items: options, targets: options } }, { a: "b" }, "en", WORDS)).toEqual(["A → B", "B → –"]);
    expect(answerLines({ type: "fill_in", body: { blanks: [{ id: "x" }, { id: "y" }] } }, { y: "ঢাকা" }, "en", WORDS)).toEqual(["1. –", "2. ঢাকা"]);
  });

  it("says nothing for a value of another shape", () => {
    expect(answerLines({ type: "ordering", body: { items: options } }, "a", "en", WORDS)).toEqual([]);
    expect(answerLines({ type: "essay", body: {} }, null, "en", WORDS)).toEqual([]);
  });
});

it("adds a rubric without tails", () => {
  expect(rubricSum({ a: 0.1, b: 0.2 })).toBe(0.3);
});
