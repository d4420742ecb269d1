"""Moodle XML, read: question types of a plain Moodle, texts as Markdown-light, pictures from within the file."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from app.services.question_formats import cloze
from app.services.question_formats.drafts import Content, Draft, Parsed, Unreadable, choices, count, number
from app.services.question_formats.markup import in_languages, looks_like_html
from app.services.question_formats.weights import Weighed, choice_question, from_percent
from app.services.question_formats.xml_reading import line_of, parsed, text_at

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FILE = re.compile(r"@@PLUGINFILE@@/([^)\s\"'<>]+)")
SKIPPED = ("category", "description")
"""Categories hold no question; a description asks nothing."""
YES = ("1", "true")


def read(body: bytes) -> Parsed:
    """Every `<question>` with its line."""
    root = parsed(body)
    if root.tag != "quiz":
        raise Unreadable("xml_other_root", line_of(root), name=root.tag[:40])
    found = Parsed()
    for element in root:
        kind = (element.get("type") or "").lower()
        if element.tag != "question" or kind in SKIPPED:
            continue
        try:
            found.drafts.append(Draft(line_of(element), _Question(element, found).content(kind)))
        except Unreadable as error:
            found.wrong(error, line_of(element))
    return found


class _Question:
    """One `<question>` element."""

    def __init__(self, element: "Element", found: Parsed) -> None:
        self.element = element
        self.found = found
        self.points = number(text_at(element, "defaultgrade") or "1")

    def content(self, kind: str) -> Content:
        """All of it. Unreadable `type_not_carried`."""
        readers: dict[str, Callable[[], Content]] = {
            "multichoice": self._choice,
            "truefalse": self._truth,
            "shortanswer": self._short_text,
            "numerical": self._number,
            "matching": self._matching,
            "ordering": self._ordering,
            "essay": self._essay,
            "cloze": self._cloze,
        }
        if kind not in readers:
            raise Unreadable("type_not_carried", name=kind[:40])
        made: Content = {"text": self._words(self.element.find("questiontext")), "points": self.points}
        explanation = self._words(self.element.find("generalfeedback"))
        if explanation:
            made["explanation"] = explanation
        made["tags"] = [text for tag in self.element.findall("tags/tag") if (text := text_at(tag, "text").strip())]
        return made | readers[kind]()

    def _words(self, element: "Element | None") -> dict[str, str]:
        """A text with its format and pictures."""
        if element is None:
            return {}
        text = text_at(element, "text").strip()
        how = (element.get("format") or "moodle_auto_format").lower()
        is_html = how == "html" or (how == "moodle_auto_format" and looks_like_html(text))
        words = in_languages(text, is_html=is_html)
        files = {unquote(one.get("name") or ""): "".join(one.itertext()) for one in element.findall("file")}
        return {language: FILE.sub(lambda name: self._picture(name[1], files), one) for language, one in words.items()}

    def _picture(self, name: str, files: dict[str, str]) -> str:
        data = files.get(unquote(name))
        if data is None:
            raise Unreadable("picture_missing", name=name[:80])
        try:
            body = base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unreadable("picture_unreadable") from error
        known = hashlib.sha256(body).hexdigest()
        self.found.pictures[known] = body
        return f"picture:{known}"

    def _weighed(self) -> list[Weighed]:
        return [Weighed(self._words(one), number(one.get("fraction") or "0")) for one in self.element.findall("answer")]

    def _choice(self) -> Content:
        single = text_at(self.element, "single").strip().lower() in YES
        made = choice_question(self._weighed(), points=self.points, single=single)
        if text_at(self.element, "shuffleanswers").strip().lower() in ("0", "false"):
            made["body"]["shuffle"] = False
        return made

    def _truth(self) -> Content:
        right = [
            text_at(one, "text").strip().lower()
            for one in self.element.findall("answer")
            if number(one.get("fraction") or "0") > 0
        ]
        if right not in (["true"], ["false"]):
            raise Unreadable("question_without_key", part="value")
        costs = min((number(one.get("fraction") or "0") for one in self.element.findall("answer")), default=0.0)
        made: Content = {"type": "true_false", "body": {}, "key": {"value": right == ["true"]}}
        return made | ({"negative_points": from_percent(-costs, self.points)} if costs < 0 else {})

    def _short_text(self) -> Content:
        accepted: list[str] = []
        for one in self.element.findall("answer"):
            weight = number(one.get("fraction") or "0")
            if weight not in (0.0, 100.0):
                raise Unreadable("weights_not_carried", line_of(one))
            if weight:
                accepted.append(text_at(one, "text"))
        key: Content = {"accepted": accepted}
        if text_at(self.element, "usecase").strip() == "1":
            key["case_sensitive"] = True
        return {"type": "short_text", "body": {}, "key": key}

    def _number(self) -> Content:
        right = [one for one in self.element.findall("answer") if number(one.get("fraction") or "0") > 0]
        if len(right) != 1 or right[0].get("fraction") not in ("100", "100.0"):
            raise Unreadable("weights_not_carried")
        units = [text_at(one, "unit_name").strip() for one in self.element.findall("units/unit")]
        body: Content = {"unit": units[0]} if units and units[0] else {}
        tolerance = number(text_at(right[0], "tolerance") or "0")
        key: Content = {"value": number(text_at(right[0], "text")), "tolerance": tolerance}
        return {"type": "number", "body": body, "key": key}

    def _matching(self) -> Content:
        items: list[Content] = []
        targets: list[dict[str, str]] = []
        pairs: dict[str, str] = {}
        for one in self.element.findall("subquestion"):
            answer = one.find("answer")
            target = in_languages(text_at(answer, "text").strip()) if answer is not None else {}
            if target not in targets:
                targets.append(target)
            text = self._words(one)
            if text:
                items.append({"id": f"i{len(items) + 1}", "text": text})
                pairs[items[-1]["id"]] = f"t{targets.index(target) + 1}"
        made = [{"id": f"t{place}", "text": text} for place, text in enumerate(targets, start=1)]
        return {"type": "matching", "body": {"items": items, "targets": made}, "key": {"pairs": pairs}}

    def _ordering(self) -> Content:
        items = choices(self._words(one) for one in self.element.findall("answer"))
        return {"type": "ordering", "body": {"items": items}, "key": {"order": [one["id"] for one in items]}}

    def _essay(self) -> Content:
        """With nothing to write and files to hand in it is a file upload; in type of one width, code."""
        how = text_at(self.element, "responseformat").strip()
        files = count(text_at(self.element, "attachments"))
        if how == "noinline":
            return {"type": "file_upload", "body": {"max_files": files} if files else {}, "key": {}}
        starter = text_at(self.element, "responsetemplate/text")
        if how == "monospaced":
            return {"type": "code", "body": {"starter": starter} if starter.strip() else {}, "key": {}}
        words = count(text_at(self.element, "maxwordlimit"))
        return {"type": "essay", "body": {"max_words": words} if words else {}, "key": {}}

    def _cloze(self) -> Content:
        words = self._words(self.element.find("questiontext"))
        if len(words) != 1:
            raise Unreadable("cloze_languages")
        language, text = next(iter(words.items()))
        made = cloze.read(text)
        return {
            "type": "fill_in",
            "text": {language: made.text},
            "body": {"blanks": made.blanks},
            "key": {"blanks": made.accepted} | ({"case_sensitive": True} if made.case_sensitive else {}),
            "points": self.points if self.element.find("defaultgrade") is not None else made.points,
        }
