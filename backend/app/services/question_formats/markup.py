"""Texts of other systems: HTML to Markdown-light, and two languages in one text as Moodle writes them."""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from app.services.question_formats.drafts import in_its_language, written

SPAN = re.compile(
    r"<span\s+(?:lang=[\"'](?P<a>[a-zA-Z-]+)[\"']\s+class=[\"']multilang[\"']"
    r"|class=[\"']multilang[\"']\s+lang=[\"'](?P<b>[a-zA-Z-]+)[\"'])\s*>(?P<text>.*?)</span>",
    re.DOTALL | re.IGNORECASE,
)
KNOWN_TAG = re.compile(
    r"</?(p|br|b|i|u|strong|em|ul|ol|li|img|sub|sup|span|div|code|pre|a|h[1-6]|table|tr|td)\b", re.IGNORECASE
)
AROUND = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
BLOCKS = frozenset({"p", "div", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
SILENT = frozenset({"script", "style", "head", "title"})
MATHS = ((re.compile(r"\\\((.+?)\\\)", re.DOTALL), r"$\1$"), (re.compile(r"\\\[(.+?)\\\]", re.DOTALL), r"$$\1$$"))
MANY_LINES = re.compile(r"\n{3,}")


def both_languages(words: Mapping[str, str] | None) -> str:
    """One text that carries every language: as it is where there is one, else in Moodle's `multilang` spans."""
    there = written(words)
    if len(there) == 1:
        language, text = next(iter(there.items()))
        if in_languages(text) == {language: text}:
            return text
    return "".join(
        f'<span lang="{name}" class="multilang">{html.escape(text, quote=False)}</span>'
        for name, text in sorted(there.items(), reverse=True)
    )


def in_languages(text: str, *, is_html: bool = False) -> dict[str, str]:
    """The languages in a text; without spans, by its letters."""
    found: dict[str, str] = {}
    for span in SPAN.finditer(text):
        language = (span["a"] or span["b"]).lower()[:2]
        if language in ("en", "bn"):
            found.setdefault(language, markdown(span["text"]) if is_html else html.unescape(span["text"]))
    if found:
        return found
    plain = markdown(text) if is_html else text
    return in_its_language(plain)


def looks_like_html(text: str) -> bool:
    """Whether there are tags in it that people write."""
    return bool(KNOWN_TAG.search(SPAN.sub(lambda span: span["text"], text)))


def markdown(source: str) -> str:
    """HTML as Markdown-light; tags that it does not have are dropped, their text stays. Pictures keep their address."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    text = MANY_LINES.sub("\n\n", "".join(reader.parts)).strip()
    for pattern, replacement in MATHS:
        text = pattern.sub(replacement, text)
    return text


class _Reader(HTMLParser):
    """Collects text; block ends become line ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in SILENT:
            self.silent += 1
        elif tag in AROUND and not self.verbatim:
            self.parts.append(AROUND[tag])
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "pre":
            self.verbatim += 1
            self.parts.append("\n```\n")
        elif tag == "img":
            alt = " ".join((given.get("alt") or "").replace("[", "(").replace("]", ")").split())
            self.parts.append(f"![{alt}]({given.get('src') or ''})")
        elif tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in AROUND and not self.verbatim:
            self.parts.append(AROUND[tag])
        elif tag == "pre":
            self.verbatim = max(0, self.verbatim - 1)
            self.parts.append("\n```\n")
        elif tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data if self.verbatim else re.sub(r"\s+", " ", data))
