"""XML from outside: no DTD, no entities, not too deep (C11); every element knows its line."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser, ParseError  # type: ignore[import-untyped]

from app.services.question_formats.drafts import Unreadable, one_line_end

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST = 64
MOST_ELEMENTS = 400_000
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


class _Numbered(DefusedXMLParser):  # type: ignore[misc]
    """Notes the line of each element and refuses what is too deep or too much."""

    def __init__(self) -> None:
        super().__init__(forbid_dtd=True, forbid_entities=True, forbid_external=True)
        self.depth = 0
        self.count = 0

    def _start(self, *args: Any) -> Any:
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > MOST_ELEMENTS:
            raise Unreadable("xml_too_much", self.parser.CurrentLineNumber)
        element = super()._start(*args)
        element.line = self.parser.CurrentLineNumber
        return element

    def _end(self, *args: Any) -> Any:
        self.depth -= 1
        return super()._end(*args)


def parsed(body: bytes) -> "Element":
    """The root; names are without their namespace. Unreadable `xml_syntax`, `xml_forbidden`, `xml_too_much`."""
    parser = _Numbered()
    try:
        parser.feed(body)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise Unreadable("xml_forbidden", 1) from error
    except (ParseError, ExpatError) as error:
        raise Unreadable("xml_syntax", getattr(error, "position", (1, 0))[0]) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise Unreadable("file_encoding", 1) from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def line_of(element: "Element") -> int:
    """Where it begins."""
    return int(getattr(element, "line", 1))


def text_at(element: "Element", path: str) -> str:
    """The text of the element at a path, or nothing."""
    found = element.find(path)
    return "".join(found.itertext()) if found is not None else ""


def named(element: "Element", name: str) -> Iterator["Element"]:
    """All elements of a name below, in order."""
    return element.iter(name)


def legal(text: str) -> str:
    """Without what XML cannot hold; line ends as it reads them."""
    return ILLEGAL.sub("", one_line_end(text))
