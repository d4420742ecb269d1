// Colours for code: comments, texts, numbers and the usual words of the usual languages; nothing is judged.

export type Token = { kind: "plain" | "comment" | "string" | "number" | "keyword"; text: string };

const KEYWORDS: Record<string, string> = {
  python: "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield print range len",
  c: "auto bool break case char const continue default do double else enum extern float for goto if include int long namespace new public private protected class return short signed sizeof static struct switch template this typedef union unsigned using void volatile while std",
  java: "abstract boolean break case catch char class const continue default do double else enum extends final finally float for if implements import instanceof int interface long new null package private protected public return short static super switch this throw throws try void while true false String",
  javascript: "async await break case catch class const continue default delete do else export extends false finally for from function if import in instanceof let new null of return static super switch this throw true try typeof undefined var void while yield",
  sql: "select from where insert into values update set delete create table drop alter join left right inner outer on group by order having limit distinct as and or not null is in like between union primary key foreign references",
};
const ALIKE: Record<string, string> = { "c++": "c", cpp: "c", "c#": "java", js: "javascript", typescript: "javascript", ts: "javascript", py: "python" };
const HASH_COMMENTS = new Set(["python", "ruby", "bash", "sh", "r"]);
const PARTS =
  /(\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|#[^\n]*|--[^\n]*)|("(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`(?:\\.|[^`\\])*`?)|(\b\d[\w.]*)|([A-Za-z_]\w*)|([\s\S])/g;

export function highlight(code: string, language: string): Token[] {
  const name = ALIKE[language] ?? language;
  const words = new Set((KEYWORDS[name] ?? Object.values(KEYWORDS).join(" ")).split(" "));
  const tokens: Token[] = [];
  const add = (kind: Token["kind"], text: string) => {
    const last = tokens.at(-1);
    if (last?.kind === kind) last.text += text;
    else tokens.push({ kind, text });
  };
  for (const [whole, comment, text, number, word] of code.matchAll(PARTS)) {
    if (comment !== undefined && isComment(comment, name)) add("comment", whole);
    else if (text !== undefined) add("string", whole);
    else if (number !== undefined) add("number", whole);
    else if (word !== undefined && words.has(name === "sql" ? word.toLowerCase() : word)) add("keyword", whole);
    else add("plain", whole);
  }
  return tokens;
}

/** The same sign begins a comment in one language and is an operator in another. */
function isComment(found: string, language: string): boolean {
  if (found.startsWith("#")) return HASH_COMMENTS.has(language);
  if (found.startsWith("--")) return language === "sql";
  return !HASH_COMMENTS.has(language) && language !== "sql";
}
