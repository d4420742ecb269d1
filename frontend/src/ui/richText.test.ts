// Markdown-light taken apart.
import { describe, expect, it } from "vitest";
import { blocks, inlines } from "./richText";

describe("richText", () => {
  it("tells formulas, pictures, emphasis and code from text", () => {
    expect(inlines("a $x^2$ **b** `$c$` ![A map](file:12)")).toEqual([
      { type: "text", text: "a " },
      { type: "math", tex: "x^2", display: false },
      { type: "text", text: " " },
      { type: "bold", children: [{ type: "text", text: "b" }] },
      { type: "text", text: " " },
      { type: "code", text: "$c$" },
      { type: "text", text: " " },
      { type: "picture", alt: "A map", file: 12 },
    ]);
  });

  it("leaves prices, stars and foreign addresses alone", () => {
    expect(inlines("costs \\$5 or \\$6")).toEqual([{ type: "text", text: "costs $5 or $6" }]);
    expect(inlines("2 * 3 * 4")).toEqual([{ type: "text", text: "2 * 3 * 4" }]);
    expect(inlines("![x](https://example.org/x.png)")).toEqual([{ type: "text", text: "![x](https://example.org/x.png)" }]);
  });

  it("makes paragraphs, lists with Bangla digits, and code of many lines", () => {
    expect(blocks("এক\nদুই\n\n১. ক\n২. খ\n\n```\na = 1\n\nb\n```").map((block) => block.type)).toEqual([
      "paragraph",
      "list",
      "code",
    ]);
    expect(blocks("```\na = 1\n\nb\n```")).toEqual([{ type: "code", text: "a = 1\n\nb" }]);
  });
});
