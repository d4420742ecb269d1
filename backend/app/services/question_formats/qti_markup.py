"""Texts within QTI items: ours are Markdown-light as it is, others XHTML."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from app.services.question_formats.drafts import Words, in_its_language, written
from app.services.question_formats.markup import markdown
from app.services.question_formats.xml_reading import legal

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
OURS = "markdown"
GAPS = "gaps"
SILENT = frozenset({"feedbackInline", "feedbackBlock", "rubricBlock", "stylesheet", "templateInline", "templateBlock"})
PICTURE = re.compile(r"!\[([^\]\n]*)\]\(picture:([0-9a-f]{64})\)")


def has_gaps(body: "Element") -> bool:
    """Whether we wrote it as a text with gaps."""
    return any(GAPS in one.get("class", "").split() for one in body.iter("div"))


class TextReader:
    """Reads an element's text. `picture`: address → our name for it; `gap`: what stands for a field in the text."""

    def __init__(self, picture: Callable[[str], str], gap: "Callable[[Element], str] | None" = None) -> None:
        self._picture = picture
        self._gap = gap

    def words(self, element: "Element", interaction: "Element | None") -> dict[str, str]:
        """The text in its languages, with the prompt of the interaction it belongs to."""
        ours = self._ours(element)
        if ours:
            return {one.get(LANGUAGE, "en")[:2]: self._raw(one).strip() for one in ours}
        source = self._html(element)
        prompt = interaction.find("prompt") if interaction is not None else None
        if prompt is not None:
            source += f"<p>{self._html(prompt)}</p>"
        return in_its_language(markdown(source))

    def _ours(self, element: "Element") -> list["Element"]:
        """Elements that we wrote, outside of interactions."""
        found: list[Element] = []
        for child in element:
            if OURS in child.get("class", "").split():
                found.append(child)
            elif not child.tag.endswith("Interaction") and child.tag not in SILENT:
                found += self._ours(child)
        return found

    def _raw(self, element: "Element") -> str:
        parts = [element.text or ""]
        for child in element:
            if child.tag == "br":
                parts.append("\n")
            elif child.tag == "img":
                parts.append(self._image(child))
            elif child.tag.endswith("Interaction"):
                parts.append(self._gap(child) if self._gap else "")
            else:
                parts.append(self._raw(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def _image(self, element: "Element") -> str:
        alt = " ".join((element.get("alt") or "").replace("[", "(").replace("]", ")").split())
        return f"![{alt}]({self._picture(element.get('src') or '')})"

    def _html(self, element: "Element") -> str:
        parts = [escape(element.text or "")]
        for child in element:
            parts += [self._child(child), escape(child.tail or "")]
        return "".join(parts)

    def _child(self, child: "Element") -> str:
        if child.tag in SILENT:
            return ""
        if child.tag.endswith("Interaction"):
            return escape(self._gap(child)) if self._gap else ""
        if child.tag == "img":
            address = self._picture(child.get("src") or "")
            return f"<img src={quoteattr(address)} alt={quoteattr(child.get('alt') or '')}/>"
        return f"<{child.tag}>{self._html(child)}</{child.tag}>"


def marked(words: Words | None, tag: str, pictures: Callable[[str], str | None], *, kind: str = OURS) -> str:
    """Each language in an element of its own. `pictures`: name → address, or None where it is not there."""
    return "".join(
        f'<{tag} class="{kind}" xml:lang="{language}">{inline(text, pictures)}</{tag}>'
        for language, text in written(words).items()
    )


def inline(text: str, pictures: Callable[[str], str | None]) -> str:
    """A text within an element; line ends and pictures are elements."""
    parts: list[str] = []
    last = 0
    for found in PICTURE.finditer(text):
        address = pictures(found[2])
        if address is not None:
            alt = legal(" ".join(found[1].replace("[", "(").split()))
            parts += [_lines(text[last : found.start()]), f"<img src={quoteattr(address)} alt={quoteattr(alt)}/>"]
            last = found.end()
    return "".join([*parts, _lines(text[last:])])


def _lines(text: str) -> str:
    return escape(legal(text)).replace("\n", "<br/>")
