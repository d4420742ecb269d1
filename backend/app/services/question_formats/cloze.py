"""Moodle's embedded answers, `{1:SHORTANSWER:=Dhaka~=ঢাকা}`, to and from our gaps `{{a}}`."""

import re
from dataclasses import dataclass, field

from app.domain.questions import BLANK
from app.services.question_formats.drafts import Content, Unreadable, name_of

GAP = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
OPTION = re.compile(r"(?:\\.|[^~\\])+", re.DOTALL)
WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d+)?)%")
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
TYPED = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
SENSITIVE = {"SHORTANSWER_C", "SAC", "MWC"}
CHOSEN = {"MULTICHOICE", "MC", "MULTICHOICE_S", "MCS", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"}
SPECIAL = '}#~/"\\'


@dataclass(slots=True)
class Gaps:
    """A text with our gaps, and what belongs into them."""

    text: str = ""
    blanks: list[Content] = field(default_factory=list)
    accepted: dict[str, list[str]] = field(default_factory=dict)
    case_sensitive: bool = False
    points: float = 0.0


def read(text: str) -> Gaps:
    """Unreadable `cloze_kind` for numbers and what we do not know, `weights_not_carried`."""
    gaps = Gaps()

    def gap(found: re.Match[str]) -> str:
        name = name_of(len(gaps.blanks))
        kind = found[2]
        if kind not in TYPED | CHOSEN:
            raise Unreadable("cloze_kind", name=kind[:40])
        words = [_word(one) for one in OPTION.findall(found[3])]
        right = [word for word, is_right in words if is_right]
        gaps.blanks.append({"id": name} | ({"options": [word for word, _ in words]} if kind in CHOSEN else {}))
        gaps.accepted[name] = right
        gaps.case_sensitive |= kind in SENSITIVE
        gaps.points += float(found[1] or 1)
        return f"{{{{{name}}}}}"

    gaps.text = GAP.sub(gap, text)
    return gaps


def _word(option: str) -> tuple[str, bool]:
    """A word and whether it is right; feedback behind `#` is dropped."""
    weight = 0.0
    if option.startswith("="):
        option, weight = option[1:], 100.0
    found = WEIGHT.match(option)
    if found:
        option, weight = option[found.end() :], float(found[1])
    if weight not in (0.0, 100.0):
        raise Unreadable("weights_not_carried")
    words = re.split(r"(?<!\\)#", option, maxsplit=1)[0]
    return ESCAPE.sub(r"\1", words).strip(), weight > 0


def written(text: str, question: Content) -> str:
    """The text with its gaps as Moodle writes them."""
    blanks = {one["id"]: one for one in question["body"]["blanks"]}
    accepted = question["key"]["blanks"]
    sensitive = "_C" if question["key"].get("case_sensitive") else ""

    def gap(found: re.Match[str]) -> str:
        right = [one.strip() for one in accepted[found[1]] if one.strip()]
        options = [one.strip() for one in blanks[found[1]].get("options") or [] if one.strip()]
        kind = "MULTICHOICE" if options else f"SHORTANSWER{sensitive}"
        words = [f"{'=' if one in right else '%0%'}{_escaped(one)}" for one in options or right]
        return f"{{1:{kind}:{'~'.join(words)}}}"

    return BLANK.sub(gap, text)


def renamed(text: str) -> str:
    """The text with its gaps named as `read` names them."""
    names = (name_of(place) for place in range(len(text)))
    return BLANK.sub(lambda _: f"{{{{{next(names)}}}}}", text)


def carries(text: str) -> bool:
    """Whether nothing else in the text looks like a gap of Moodle's."""
    return not GAP.search(text)


def _escaped(word: str) -> str:
    return "".join(f"\\{one}" if one in SPECIAL else one for one in word)
