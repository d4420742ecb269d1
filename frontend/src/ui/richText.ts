// Takes Markdown-light apart: paragraphs, lists, code, bold, italic, pictures and formulas; never HTML.

export type Inline =
  | { type: "text"; text: string }
  | { type: "bold" | "italic"; children: Inline[] }
  | { type: "code"; text: string }
  | { type: "math"; tex: string; display: boolean }
  | { type: "picture"; alt: string; file: number }
  | { type: "blank"; id: string }
  | { type: "break" };

export type Block =
  | { type: "paragraph"; children: Inline[] }
  | { type: "list"; ordered: boolean; items: Inline[][] }
  | { type: "code"; text: string };

const BULLET = /^\s*[-*•]\s+/;
const NUMBER = /^\s*[0-9০-৯]{1,3}[.)]\s+/;
const FENCE = /^```/;

/** In order of precedence: what is inside code or a formula is never read as anything else. */
const INLINE: { pattern: RegExp; make: (found: RegExpExecArray) => Inline }[] = [
  { pattern: /`([^`\n]+)`/, make: ([, text]) => ({ type: "code", text: text ?? "" }) },
  { pattern: /\$\$([\s\S]+?)\$\$/, make: ([, tex]) => ({ type: "math", tex: tex ?? "", display: true }) },
  { pattern: /(?<!\\)\$((?:\\.|[^$\n\\])+)\$/, make: ([, tex]) => ({ type: "math", tex: tex ?? "", display: false }) },
  {
    pattern: /!\[([^\]\n]*)\]\(file:(\d{1,12})\)/,
    make: ([, alt, file]) => ({ type: "picture", alt: alt ?? "", file: Number(file) }),
  },
  { pattern: /\*\*([^*\n]+)\*\*/, make: ([, text]) => ({ type: "bold", children: inlines(text ?? "") }) },
  { pattern: /\*([^*\s][^*\n]*)\*/, make: ([, text]) => ({ type: "italic", children: inlines(text ?? "") }) },
  { pattern: /\{\{\s*([A-Za-z0-9_-]{1,32})\s*\}\}/, make: ([, id]) => ({ type: "blank", id: id ?? "" }) },
  { pattern: /\n/, make: () => ({ type: "break" }) },
];

export function inlines(text: string): Inline[] {
  let earliest: { found: RegExpExecArray; make: (found: RegExpExecArray) => Inline } | null = null;
  for (const { pattern, make } of INLINE) {
    const found = pattern.exec(text);
    if (found && (!earliest || found.index < earliest.found.index)) earliest = { found, make };
  }
  if (!earliest) return text ? [{ type: "text", text: text.replaceAll("\\$", "$") }] : [];
  const { found, make } = earliest;
  return [
    ...inlines(text.slice(0, found.index)),
    make(found),
    ...inlines(text.slice(found.index + found[0].length)),
  ];
}

/** Blocks of a text; a blank line ends a paragraph, a display formula may span lines. */
export function blocks(source: string): Block[] {
  const made: Block[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) made.push({ type: "paragraph", children: inlines(paragraph.join("\n")) });
    paragraph = [];
  };
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? "";
    if (FENCE.test(line)) {
      const end = lines.findIndex((one, at) => at > i && FENCE.test(one));
      const last = end === -1 ? lines.length : end;
      flush();
      made.push({ type: "code", text: lines.slice(i + 1, last).join("\n") });
      i = last;
    } else if (!line.trim()) {
      flush();
    } else if (BULLET.test(line) || NUMBER.test(line)) {
      const marker = BULLET.test(line) ? BULLET : NUMBER;
      flush();
      const items: Inline[][] = [];
      while (i < lines.length && marker.test(lines[i] ?? "")) {
        items.push(inlines((lines[i] ?? "").replace(marker, "")));
        i += 1;
      }
      i -= 1;
      made.push({ type: "list", ordered: marker === NUMBER, items });
    } else {
      paragraph.push(line);
    }
  }
  flush();
  return made;
}
