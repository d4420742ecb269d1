"""Moodle XML, written: everything but bilingual gaps; sections, time and rubrics it does not know."""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from app.services.question_formats import cloze
from app.services.question_formats.drafts import Content, Sheet, ending, shown, title, written
from app.services.question_formats.markup import both_languages
from app.services.question_formats.weights import in_percent, weights_of
from app.services.question_formats.xml_reading import legal

PICTURE = re.compile(r"\(picture:([0-9a-f]{64})\)")
TITLE = 60


def write(sheet: Sheet) -> bytes:
    """The same questions always give the same bytes."""
    parts = [_question(one, sheet.pictures) for one in sheet.questions]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(parts) + "\n</quiz>\n").encode()


def carries(question: Content) -> bool:
    """Gaps stand in one language only; what is matched needs two different targets, without pictures."""
    if question["type"] == "matching":
        targets = {_clean(both_languages(one["text"])) for one in question["body"]["targets"]}
        return len(targets) > 1 and not any(PICTURE.search(one) for one in targets)
    if question["type"] != "fill_in":
        return True
    words = list(written(question["text"]).values())
    if len(words) != 1 or both_languages(question["text"]) != words[0] or not cloze.carries(words[0]):
        return False
    return cloze.read(cloze.written(words[0], question)).text == cloze.renamed(words[0])


def _clean(text: str) -> str:
    return legal(text).strip()


def _question(question: Content, pictures: Mapping[str, bytes]) -> str:
    kind = question["type"]
    moodle, write = WRITERS[kind]
    text = both_languages(question["text"])
    if kind == "fill_in":
        text = cloze.written(text, question)
    name = title(question["text"], TITLE)
    feedback = both_languages(question.get("explanation"))
    tags = "".join(f"<tag><text>{_cdata(one)}</text></tag>" for one in question["tags"])
    parts = [
        f'<question type="{moodle}">',
        f"<name><text>{_cdata(name)}</text></name>",
        _text("questiontext", text, pictures),
        _text("generalfeedback", feedback, pictures) if feedback else "",
        f"<defaultgrade>{shown(question['points'])}</defaultgrade>",
        write(question, pictures),
        f"<tags>{tags}</tags>" if tags else "",
        "</question>",
    ]
    return "\n".join(part for part in parts if part)


def _cdata(text: str) -> str:
    return escape(legal(text))


def _text(tag: str, text: str, pictures: Mapping[str, bytes], **attributes: str) -> str:
    """A text with the pictures in it."""
    names = list(dict.fromkeys(PICTURE.findall(text)))
    text = PICTURE.sub(lambda found: f"(@@PLUGINFILE@@/{found[1]}{ending(pictures.get(found[1], b''))})", text)
    files = "".join(
        f'<file name="{name}{ending(pictures[name])}" path="/" encoding="base64">{_base64(pictures[name])}</file>'
        for name in names
        if name in pictures
    )
    more = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<{tag}{more} format="markdown"><text>{_cdata(text)}</text>{files}</{tag}>'


def _base64(body: bytes) -> str:
    return base64.b64encode(body).decode()


def _choice(question: Content, pictures: Mapping[str, bytes]) -> str:
    single = question["type"] == "single_choice"
    shuffle = question["body"].get("shuffle", True)
    lines = [f"<single>{str(single).lower()}</single>", f"<shuffleanswers>{str(shuffle).lower()}</shuffleanswers>"]
    for option, weight in weights_of(question, negative=True):
        lines.append(_text("answer", both_languages(option["text"]), pictures, fraction=shown(weight)))
    return "\n".join(lines)


def _truth(question: Content, _pictures: Mapping[str, bytes]) -> str:
    costs = in_percent(question["negative_points"], question["points"])
    return "\n".join(
        f'<answer fraction="{shown(100.0 if value == question["key"]["value"] else -costs)}">'
        f"<text>{str(value).lower()}</text></answer>"
        for value in (True, False)
    )


def _short_text(question: Content, _pictures: Mapping[str, bytes]) -> str:
    key = question["key"]
    lines = [f"<usecase>{int(bool(key.get('case_sensitive')))}</usecase>"]
    lines += [_answer(one) for one in key["accepted"] if _clean(one)]
    return "\n".join(lines)


def _answer(text: str, inside: str = "") -> str:
    return f'<answer fraction="100"><text>{_cdata(text.strip())}</text>{inside}</answer>'


def _number(question: Content, _pictures: Mapping[str, bytes]) -> str:
    key: dict[str, Any] = question["key"]
    value, tolerance = float(key["value"]), float(key.get("tolerance") or 0)
    if key.get("relative"):
        tolerance *= abs(value)
    unit = question["body"].get("unit")
    units = (
        f"<units><unit><multiplier>1</multiplier><unit_name>{_cdata(unit)}</unit_name></unit></units>"
        "<unitgradingtype>0</unitgradingtype><showunits>3</showunits>"
        if unit
        else ""
    )
    return _answer(shown(value), f"<tolerance>{shown(tolerance)}</tolerance>") + units


def _matching(question: Content, pictures: Mapping[str, bytes]) -> str:
    texts = {one["id"]: both_languages(one["text"]) for one in question["body"]["targets"]}
    pairs = question["key"]["pairs"]
    used = {_clean(texts[name]) for name in pairs.values()}
    lines = ["<shuffleanswers>true</shuffleanswers>"]
    lines += [
        _pair(both_languages(one["text"]), texts[pairs[one["id"]]], pictures) for one in question["body"]["items"]
    ]
    spare = dict.fromkeys(text for text in map(_clean, texts.values()) if text not in used)
    return "\n".join([*lines, *(_pair("", text, pictures) for text in spare)])


def _pair(item: str, target: str, pictures: Mapping[str, bytes]) -> str:
    answer = f"<answer><text>{_cdata(target)}</text></answer>"
    return _text("subquestion", item, pictures).replace("</subquestion>", f"{answer}</subquestion>")


def _ordering(question: Content, pictures: Mapping[str, bytes]) -> str:
    texts = {one["id"]: one["text"] for one in question["body"]["items"]}
    lines = [
        "<layouttype>VERTICAL</layouttype>",
        "<selecttype>ALL</selecttype>",
        "<gradingtype>ABSOLUTE_POSITION</gradingtype>",
    ]
    for place, name in enumerate(question["key"]["order"], start=1):
        lines.append(_text("answer", both_languages(texts[name]), pictures, fraction=str(place)))
    return "\n".join(lines)


def _essay(question: Content, _pictures: Mapping[str, bytes]) -> str:
    most = question["body"].get("max_words")
    limit = f"<maxwordlimit>{most}</maxwordlimit>" if most else ""
    return f"<responseformat>editor</responseformat>{limit}<attachments>0</attachments>"


def _code(question: Content, _pictures: Mapping[str, bytes]) -> str:
    starter = question["body"].get("starter") or ""
    starter = _cdata(starter) if starter.strip() else ""
    return (
        "<responseformat>monospaced</responseformat><responserequired>1</responserequired><attachments>0</attachments>"
        f'<responsetemplate format="plain_text"><text>{starter}</text></responsetemplate>'
    )


def _file_upload(question: Content, _pictures: Mapping[str, bytes]) -> str:
    most = question["body"].get("max_files") or 1
    return f"<responseformat>noinline</responseformat><attachments>{most}</attachments>"


def _nothing(_question: Content, _pictures: Mapping[str, bytes]) -> str:
    return ""


Writer = Callable[[Content, Mapping[str, bytes]], str]
WRITERS: dict[str, tuple[str, Writer]] = {
    "single_choice": ("multichoice", _choice),
    "multiple_choice": ("multichoice", _choice),
    "true_false": ("truefalse", _truth),
    "short_text": ("shortanswer", _short_text),
    "number": ("numerical", _number),
    "fill_in": ("cloze", _nothing),
    "matching": ("matching", _matching),
    "ordering": ("ordering", _ordering),
    "essay": ("essay", _essay),
    "code": ("essay", _code),
    "file_upload": ("essay", _file_upload),
}
