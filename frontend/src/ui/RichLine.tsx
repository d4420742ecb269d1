// Markdown-light in one line, for lists: formulas as formulas, a picture as its name, a gap as a gap, no emphasis.
import { IconPhoto } from "@tabler/icons-react";
import { Fragment } from "react";
import { Formula } from "./Formula";
import { blocks, type Inline } from "./richText";

export function RichLine({ text, lang, className }: { text: string; lang?: string; className?: string | undefined }) {
  return (
    <span lang={lang} className={className}>
      {lineOf(text).map((part, index) => (
        // What a text consists of has no other name than its place in it.
        // oxlint-disable-next-line react/no-array-index-key
        <Fragment key={index}>
          <Part part={part} />
        </Fragment>
      ))}
    </span>
  );
}

function lineOf(text: string): Inline[] {
  const line: Inline[] = [];
  const say = (words: string) => line.push({ type: "text", text: words });
  for (const [at, block] of blocks(text).entries()) {
    if (at > 0) say(" ");
    if (block.type === "code") say(block.text.replaceAll(/\s+/g, " "));
    else if (block.type === "paragraph") line.push(...block.children);
    else {
      for (const [place, item] of block.items.entries()) {
        if (place > 0) say(" · ");
        line.push(...item);
      }
    }
  }
  return line;
}

function Part({ part }: { part: Inline }) {
  switch (part.type) {
    case "text":
    case "code":
      return part.text;
    case "break":
      return " ";
    case "math":
      return <Formula key={part.tex} tex={part.tex} display={false} />;
    case "blank":
      return "____";
    case "picture":
      return (
        <>
          <IconPhoto size={16} aria-hidden style={{ verticalAlign: "-3px" }} /> {part.alt}
        </>
      );
    default:
      return part.children.map((child, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Part key={index} part={child} />
      ));
  }
}
