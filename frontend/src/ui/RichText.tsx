// Shows Markdown-light with formulas and pictures: what teachers write in questions and students read.
import { useQuery } from "@tanstack/react-query";
import { Fragment, type ReactNode } from "react";
import { useObjectUrl } from "@/lib/useObjectUrl";
import { Formula } from "./Formula";
import classes from "./RichText.module.css";
import { type Block, blocks, type Inline } from "./richText";

/** Fetches a picture that only the signed-in may see, by its number. */
export type LoadPicture = (file: number) => Promise<Blob>;

/** Puts an input where the text has a gap, `{{id}}`. */
export type RenderBlank = (id: string) => ReactNode;

export function RichText(props: { text: string; loadPicture?: LoadPicture; renderBlank?: RenderBlank; lang?: string }) {
  return (
    <div className={classes.text} lang={props.lang}>
      {blocks(props.text).map((block, index) => (
        // What a text consists of has no other name than its place in it.
        // oxlint-disable-next-line react/no-array-index-key
        <BlockView key={index} block={block} loadPicture={props.loadPicture} renderBlank={props.renderBlank} />
      ))}
    </div>
  );
}

type Loader = { loadPicture: LoadPicture | undefined; renderBlank: RenderBlank | undefined };

function BlockView({ block, loadPicture, renderBlank }: { block: Block } & Loader) {
  if (block.type === "code") return <pre className={classes.code}>{block.text}</pre>;
  if (block.type === "paragraph") {
    // A gap is an input, and an input's parts may not stand in a paragraph.
    const Paragraph = renderBlank ? "div" : "p";
    return (
      <Paragraph className={classes.paragraph}>
        <Inlines parts={block.children} loadPicture={loadPicture} renderBlank={renderBlank} />
      </Paragraph>
    );
  }
  const List = block.ordered ? "ol" : "ul";
  return (
    <List>
      {block.items.map((parts, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <li key={index}>
          <Inlines parts={parts} loadPicture={loadPicture} renderBlank={renderBlank} />
        </li>
      ))}
    </List>
  );
}

function Inlines({ parts, loadPicture, renderBlank }: { parts: Inline[] } & Loader) {
  return parts.map((part, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <Fragment key={index}>
      <InlineView part={part} loadPicture={loadPicture} renderBlank={renderBlank} />
    </Fragment>
  ));
}

function InlineView({ part, loadPicture, renderBlank }: { part: Inline } & Loader) {
  switch (part.type) {
    case "text":
      return part.text;
    case "break":
      return <br />;
    case "code":
      return <code>{part.text}</code>;
    case "math":
      return <Formula key={part.tex} tex={part.tex} display={part.display} />;
    case "blank":
      return renderBlank ? renderBlank(part.id) : "____";
    case "picture":
      return <Picture alt={part.alt} file={part.file} loadPicture={loadPicture} />;
    default: {
      const Tag = part.type === "bold" ? "strong" : "em";
      return (
        <Tag>
          <Inlines parts={part.children} loadPicture={loadPicture} renderBlank={renderBlank} />
        </Tag>
      );
    }
  }
}

function Picture({ alt, file, loadPicture }: { alt: string; file: number; loadPicture: LoadPicture | undefined }) {
  const picture = useQuery({
    queryKey: ["question-file", file],
    queryFn: () => (loadPicture ? loadPicture(file) : Promise.reject(new Error("no loader"))),
    enabled: loadPicture !== undefined,
    staleTime: Infinity,
  });
  const url = useObjectUrl(picture.data);
  return url ? <img src={url} alt={alt} className={classes.picture} /> : <span className={classes.absent}>{alt || "…"}</span>;
}
