"""GIFT, Moodle's text format: one language a text, or both in `multilang` spans; no points, sections or tags."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from app.domain.questions import BLANK
from app.services.question_formats.drafts import (
    Content,
    Draft,
    Parsed,
    Sheet,
    Unreadable,
    decoded,
    number,
    shown,
    written,
)
from app.services.question_formats.markup import both_languages, in_languages, looks_like_html
from app.services.question_formats.weights import Weighed, choice_question, weights_of

TOKEN = re.compile(r"\\.|.", re.DOTALL)
SPECIAL = "~=#{}:\\"
PREFIX = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d+)?)%")
TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
NUMBER_END = re.compile(r"\s*(?P<low>[^:]+?)\s*\.\.\s*(?P<high>[^:]+?)\s*$")
ARROW = "->"


# --- reading ----------------------------------------------------------------------------------------------------------


def read(body: bytes) -> Parsed:
    """Blocks between blank lines with the line each begins in."""
    parsed = Parsed()
    for line, block in _blocks(decoded(body)):
        try:
            parsed.drafts.append(Draft(line, _question(block)))
        except Unreadable as error:
            parsed.wrong(error, line)
    return parsed


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Without comments and categories."""
    begin, held = 0, list[str]()
    for place, line in enumerate([*text.split("\n"), ""], start=1):
        if line.lstrip().startswith("//") or line.lstrip().upper().startswith("$CATEGORY:"):
            continue
        if line.strip():
            begin = begin if held else place
            held.append(line)
        elif held:
            yield begin, "\n".join(held)
            held = []


def _question(block: str) -> Content:
    tokens = TOKEN.findall(block.strip())
    if "".join(tokens[:2]) == "::":
        tokens = _after_title(tokens)
    if tokens.count("{") != 1 or tokens.count("}") != 1 or tokens.index("}") < tokens.index("{"):
        raise Unreadable("gift_answer_block")
    opening, closing = tokens.index("{"), tokens.index("}")
    before, inside, after = tokens[:opening], tokens[opening + 1 : closing], tokens[closing + 1 :]
    found = PREFIX.match("".join(before))
    markup = found[1].lower() if found else "moodle"
    before = TOKEN.findall("".join(before)[found.end() if found else 0 :])
    inside, explanation = _general_feedback(inside)
    content = (
        _missing_word(before, inside, after, markup)
        if "".join(after).strip()
        else {"text": _languages(_plain(before), markup), **_answers(inside, markup)}
    )
    if explanation:
        content["explanation"] = _words(explanation, markup)
    return content


def _after_title(tokens: list[str]) -> list[str]:
    for place in range(2, len(tokens) - 1):
        if tokens[place : place + 2] == [":", ":"]:
            return tokens[place + 2 :]
    raise Unreadable("gift_title")


def _general_feedback(inside: list[str]) -> tuple[list[str], list[str]]:
    for place in range(len(inside) - 3):
        if inside[place : place + 4] == ["#"] * 4:
            return inside[:place], inside[place + 4 :]
    return inside, []


def _plain(tokens: Sequence[str]) -> str:
    def one(token: str) -> str:
        if len(token) == 1:
            return token
        return "\n" if token[1] == "n" else token[1] if token[1] in SPECIAL else token

    return "".join(one(token) for token in tokens).strip()


def _words(tokens: Sequence[str], markup: str) -> dict[str, str]:
    """A text that may say in its first letters how it is marked up."""
    text = "".join(tokens)
    found = PREFIX.match(text)
    if found:
        markup, tokens = found[1].lower(), TOKEN.findall(text[found.end() :])
    return _languages(_plain(tokens), markup)


def _languages(text: str, markup: str) -> dict[str, str]:
    return in_languages(text, is_html=markup == "html" or (markup == "moodle" and looks_like_html(text)))


def _answers(inside: list[str], markup: str) -> Content:
    text = "".join(inside).strip()
    if not text:
        return {"type": "essay", "body": {}, "key": {}}
    truth = text.partition("#")[0].strip().upper()
    if truth in TRUTH:
        return {"type": "true_false", "body": {}, "key": {"value": TRUTH[truth]}}
    if text.startswith("#"):
        return _number(_plain(inside)[1:])
    options = list(_options(inside))
    if all(sign == "=" and ARROW in "".join(tokens) for sign, tokens in options):
        return _matching([tokens for _, tokens in options], markup)
    if all(sign == "=" for sign, _ in options):
        return _short_text(["".join(tokens).strip() for _, tokens in options])
    return choice_question([_weighed(sign, tokens, markup) for sign, tokens in options], points=1.0)


def _options(inside: list[str]) -> Iterator[tuple[str, list[str]]]:
    """`=` or `~` and what follows it, without the feedback behind `#`."""
    held: list[str] | None = None
    sign, silent = "", False
    for one in inside:
        if one in ("=", "~"):
            if held is not None:
                yield sign, held
            sign, held, silent = one, [], False
        elif one == "#":
            silent = True
        elif held is None:
            if one.strip():
                raise Unreadable("gift_answer_block")
        elif not silent:
            held.append(one)
    if held is not None:
        yield sign, held


def _weighed(sign: str, tokens: list[str], markup: str) -> Weighed:
    text = "".join(tokens).strip()
    found = WEIGHT.match(text)
    if found:
        return Weighed(_words(TOKEN.findall(text[found.end() :]), markup), float(found[1]))
    return Weighed(_words(tokens, markup), 100.0 if sign == "=" else 0.0)


def _short_text(words: list[str]) -> Content:
    accepted: list[str] = []
    for word in words:
        found = WEIGHT.match(word)
        if found and float(found[1]) not in (0.0, 100.0):
            raise Unreadable("weights_not_carried")
        if not found or float(found[1]):
            rest = word[found.end() if found else 0 :]
            marked = PREFIX.match(rest)
            accepted.append(_plain(TOKEN.findall(rest[marked.end() if marked else 0 :])))
    return {"type": "short_text", "body": {}, "key": {"accepted": accepted}}


def _number(text: str) -> Content:
    options = [one for one in re.split(r"(?<!\\)=", text) if one.strip()]
    if len(options) > 1:
        raise Unreadable("weights_not_carried")
    given = WEIGHT.sub("", (options or [""])[0].partition("#")[0].strip(), count=1)
    between = NUMBER_END.match(given)
    if between:
        low, high = number(between["low"]), number(between["high"])
        return _close_to((low + high) / 2, abs(high - low) / 2)
    value, _, tolerance = given.partition(":")
    return _close_to(number(value), number(tolerance) if tolerance.strip() else 0.0)


def _close_to(value: float, tolerance: float) -> Content:
    return {"type": "number", "body": {}, "key": {"value": value, "tolerance": tolerance}}


def _matching(lines: list[list[str]], markup: str) -> Content:
    items: list[dict[str, str]] = []
    targets: list[dict[str, str]] = []
    pairs: dict[str, str] = {}
    for tokens in lines:
        left, _, right = "".join(tokens).partition(ARROW)
        target = _words(TOKEN.findall(right), markup)
        if target not in targets:
            targets.append(target)
        if left.strip():
            pairs[f"i{len(items) + 1}"] = f"t{targets.index(target) + 1}"
            items.append(_words(TOKEN.findall(left), markup))
    body = {
        "items": [{"id": f"i{place}", "text": text} for place, text in enumerate(items, start=1)],
        "targets": [{"id": f"t{place}", "text": text} for place, text in enumerate(targets, start=1)],
    }
    return {"type": "matching", "body": body, "key": {"pairs": pairs}}


def _missing_word(before: list[str], inside: list[str], after: list[str], markup: str) -> Content:
    """An answer in the middle of the text is a gap."""
    options = [(sign, _plain(tokens)) for sign, tokens in _options(inside)]
    right = [text for sign, text in options if sign == "="]
    left, rest = _plain_around(before), _plain_around(after)
    text = f"{left}{{{{a}}}}{rest}".strip()
    blank: Content = {"id": "a"}
    if any(sign == "~" for sign, _ in options):
        blank["options"] = [text for _, text in options]
    words = _languages(text, markup)
    return {"type": "fill_in", "text": words, "body": {"blanks": [blank]}, "key": {"blanks": {"a": right}}}


def _plain_around(tokens: list[str]) -> str:
    """With the spaces at its ends."""
    return _plain(["|", *tokens, "|"])[1:-1]


# --- writing ----------------------------------------------------------------------------------------------------------


def write(sheet: Sheet) -> bytes:
    """Questions with a blank line between them."""
    return ("\n\n".join(_written(one) for one in sheet.questions) + "\n").encode()


def carries(question: Content) -> bool:
    """Whether GIFT can say it."""
    kind, body = question["type"], question["body"]
    if kind in ("ordering", "code", "file_upload"):
        return False
    if kind == "matching":
        targets = {both_languages(one["text"]).strip() for one in body["targets"]}
        return len(targets) > 1 and all(ARROW not in both_languages(item["text"]) for item in body["items"])
    if kind == "short_text":
        return not any(ARROW in word for word in question["key"]["accepted"])
    if kind == "fill_in":
        words = list(written(question["text"]).values())
        plain = len(words) == 1 and both_languages(question["text"]) == words[0]
        return plain and len(body["blanks"]) == 1 and bool(BLANK.split(words[0])[-1].strip())
    return True


def _written(question: Content) -> str:
    kind = question["type"]
    explanation = both_languages(question.get("explanation"))
    feedback = f"\n####{_marked(explanation)}" if explanation else ""
    if kind == "fill_in":
        before, _, after = BLANK.split(next(iter(written(question["text"]).values())))
        return f"[markdown]{_escaped(before)}{{{_gap(question)}{feedback}}}{_escaped(after)}"
    answer = f"{WRITERS[kind](question)}{feedback}"
    end = "\n" if "\n" in answer else ""
    return f"[markdown]{_escaped(both_languages(question['text']))} {{{answer}{end}}}"


def _escaped(text: str) -> str:
    return "".join("\\n" if one == "\n" else f"\\{one}" if one in SPECIAL else one for one in text)


def _marked(text: str) -> str:
    """A text whose first letters would be read as its markup, or as a weight, says what it is."""
    return f"[markdown]{_escaped(text)}" if PREFIX.match(text) or text.startswith("%") else _escaped(text)


def _choice(question: Content) -> str:
    lines: list[str] = []
    for choice, weight in weights_of(question):
        sign = "=" if weight == 100 else f"~%{shown(weight)}%" if weight else "~"
        lines.append(f"\n  {sign}{_marked(both_languages(choice['text']))}")
    return "".join(lines)


def _texts(question: Content) -> str:
    words = [one for one in question["key"]["accepted"] if one.strip()]
    return "".join(f"={_marked(one.strip())} " for one in words)


def _truth(question: Content) -> str:
    return "TRUE" if question["key"]["value"] else "FALSE"


def _close(question: Content) -> str:
    key: dict[str, Any] = question["key"]
    value, tolerance = float(key["value"]), float(key.get("tolerance") or 0)
    if key.get("relative"):
        tolerance *= abs(value)
    return f"#{shown(value)}:{shown(tolerance)}"


def _pairs(question: Content) -> str:
    texts = {one["id"]: both_languages(one["text"]) for one in question["body"]["targets"]}
    pairs = question["key"]["pairs"]
    lines = [
        f"\n  ={_marked(both_languages(item['text']))} {ARROW} {_marked(texts[pairs[item['id']]])}"
        for item in question["body"]["items"]
    ]
    used = {texts[name] for name in pairs.values()}
    spare = [text for text in dict.fromkeys(texts.values()) if text not in used]
    return "".join([*lines, *(f"\n  = {ARROW} {_marked(text)}" for text in spare)])


def _gap(question: Content) -> str:
    blank = question["body"]["blanks"][0]
    right = question["key"]["blanks"][blank["id"]]
    options = blank.get("options")
    words = options or right
    return " ".join(f"{'=' if one in right else '~'}{_escaped(one.strip())}" for one in words if one.strip())


def _nothing(_question: Content) -> str:
    return ""


WRITERS: dict[str, Callable[[Content], str]] = {
    "single_choice": _choice,
    "multiple_choice": _choice,
    "short_text": _texts,
    "true_false": _truth,
    "number": _close,
    "matching": _pairs,
    "essay": _nothing,
}
