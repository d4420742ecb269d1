// Questions while they are written.
import { describe, expect, it } from "vitest";
import { QUESTION_TYPES } from "@/ui/questions/questionTypes";
import { blanksOf, cleaned, faultOf, freeId, freshQuestion, withBlanks } from "./questionDraft";

describe("a fresh question", () => {
  it("of every type asks for its text first", () => {
    for (const type of QUESTION_TYPES) expect(faultOf(freshQuestion(type))).toBe("text");
  });

  it("is a copy: two of a type do not share their options", () => {
    expect(freshQuestion("single_choice").body.options).not.toBe(freshQuestion("single_choice").body.options);
  });
});

describe("gaps", () => {
  it("come from the text of either language, once each, and keep their answers", () => {
    expect(blanksOf({ en: "{{a}} and {{ b }}", bn: "{{b}} {{a}}" })).toEqual(["a", "b"]);
    const draft = withBlanks({
      ...freshQuestion("fill_in"),
      text: { en: "{{a}} {{c}}" },
      key: { blanks: { a: ["x"], b: ["gone"] } },
    });
    expect(draft.body.blanks).toEqual([{ id: "a" }, { id: "c" }]);
    expect(draft.key.blanks).toEqual({ a: ["x"], c: [""] });
    expect(faultOf(draft)).toBe("accepted");
  });

  it("are missed when there are none", () => {
    expect(faultOf(withBlanks({ ...freshQuestion("fill_in"), text: { en: "no gap" } }))).toBe("blanks");
  });
});

it("names new parts and drops empty lines", () => {
  expect(freeId([{ id: "a" }, { id: "c" }])).toBe("b");
  const draft = { ...freshQuestion("short_text"), key: { accepted: [" Dhaka ", "", "ঢাকা"] } };
  expect(cleaned(draft).key.accepted).toEqual(["Dhaka", "ঢাকা"]);
});
