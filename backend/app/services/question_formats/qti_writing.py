"""QTI 2.1, written: a package with a manifest, one item a file; what it cannot carry is in docs/questions.md."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from app.domain.questions import BLANK
from app.services.question_formats.drafts import Content, Sheet, ending, shown, title, written
from app.services.question_formats.packages import packed
from app.services.question_formats.qti import MANIFEST
from app.services.question_formats.qti_markup import GAPS, OURS, inline, marked
from app.services.question_formats.xml_reading import legal

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
TITLE = 80


def write(sheet: Sheet) -> bytes:
    """The same questions always give the same bytes."""
    pictures = {name: f"pictures/{name}{ending(body)}" for name, body in sheet.pictures.items()}
    items = {f"items/q{place:04}.xml": _Item(one, pictures) for place, one in enumerate(sheet.questions, start=1)}
    files = {MANIFEST: _manifest(list(items), list(pictures.values())).encode()}
    for place, (name, item) in enumerate(items.items(), start=1):
        files[name] = item.xml(f"q{place:04}").encode()
    return packed(files | {pictures[name]: body for name, body in sorted(sheet.pictures.items())})


def carries(question: Content) -> bool:
    """Gaps stand in one language only."""
    return question["type"] != "fill_in" or len(written(question["text"])) == 1


def _manifest(items: list[str], pictures: list[str]) -> str:
    lines = [
        f'<resource identifier="r{place:04}" type="imsqti_item_xmlv2p1" href="{name}"><file href="{name}"/></resource>'
        for place, name in enumerate(items, start=1)
    ]
    lines += [
        f'<resource identifier="p{place:04}" type="webcontent" href="{name}"><file href="{name}"/></resource>'
        for place, name in enumerate(sorted(pictures), start=1)
    ]
    return (
        f'{HEAD}<manifest xmlns="{PACKAGE}" identifier="questions">\n'
        "<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>\n"
        "<organizations/>\n<resources>\n" + "\n".join(lines) + "\n</resources>\n</manifest>\n"
    )


class _Item:
    """One question as an assessmentItem. `pictures`: name → file in the package."""

    def __init__(self, question: Content, pictures: Mapping[str, str]) -> None:
        self.question = question
        self.body: Content = question["body"]
        self.key: dict[str, Any] = question["key"]
        self.pictures = pictures

    def xml(self, name: str) -> str:
        """The whole file."""
        name_shown = legal(title(self.question["text"], TITLE))
        declarations, body, processing = WRITERS[self.question["type"]](self)
        explanation = self._marked(self.question.get("explanation"), "div")
        outcomes = [_outcome("SCORE", "float"), _outcome("MAXSCORE", "float", shown(self.question["points"]))]
        if self.question["negative_points"]:
            outcomes.append(_outcome("MINSCORE", "float", shown(-self.question["negative_points"])))
        feedback = (
            f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="explanation" showHide="show">{explanation}'
            "</modalFeedback>"
        )
        parts = [
            f'<assessmentItem xmlns="{QTI}" identifier="{name}" title={quoteattr(name_shown)} adaptive="false"'
            ' timeDependent="false">',
            declarations,
            *outcomes,
            _outcome("FEEDBACK", "identifier") if explanation else "",
            f"<itemBody>\n{body}\n</itemBody>",
            processing,
            feedback if explanation else "",
            "</assessmentItem>\n",
        ]
        return HEAD + "\n".join(part for part in parts if part)

    def _address(self, name: str) -> str | None:
        return f"../{self.pictures[name]}" if name in self.pictures else None

    def _marked(self, words: Mapping[str, str] | None, tag: str) -> str:
        return marked(words, tag, self._address)

    def _text(self) -> str:
        return self._marked(self.question["text"], "div")

    def _choices(self, name: str, tag: str, mark: str, more: str = "") -> str:
        return "".join(
            f'\n<{tag} identifier="{mark}_{one["id"]}"{more}>{self._marked(one["text"], "span")}</{tag}>'
            for one in self.body[name]
        )

    def choice(self) -> tuple[str, str, str]:
        single = self.question["type"] == "single_choice"
        right = [self.key["option"]] if single else self.key["options"]
        shuffle = str(self.body.get("shuffle", True)).lower()
        partial = not single and self.key.get("partial")
        body = (
            f'{self._text()}\n<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}"'
            f' maxChoices="{int(single)}">{self._choices("options", "simpleChoice", "C")}\n</choiceInteraction>'
        )
        values = [f"C_{one}" for one in right]
        mapping = ""
        if partial:
            part = 1 / len(right)
            entries = [(f"C_{one['id']}", part if one["id"] in right else -part) for one in self.body["options"]]
            mapping = _mapping(entries, bound='lowerBound="0" ')
        cardinality = "single" if single else "multiple"
        declared = _declaration("RESPONSE", cardinality, "identifier", values, mapping)
        return declared, body, _template("map_response" if partial else "match_correct")

    def truth(self) -> tuple[str, str, str]:
        value = str(self.key["value"]).lower()
        body = (
            f'{self._text()}\n<choiceInteraction responseIdentifier="RESPONSE" shuffle="false" maxChoices="1">\n'
            '<simpleChoice identifier="true">True</simpleChoice>\n'
            '<simpleChoice identifier="false">False</simpleChoice>\n</choiceInteraction>'
        )
        return _declaration("RESPONSE", "single", "identifier", [value]), body, _template("match_correct")

    def short_text(self) -> tuple[str, str, str]:
        words = [one for one in map(legal, self.key["accepted"]) if one.strip()]
        length = f' expectedLength="{self.body["max_length"]}"' if self.body.get("max_length") else ""
        declared = self._words("RESPONSE", words)
        field = f'<textEntryInteraction responseIdentifier="RESPONSE"{length}/>'
        return declared, f"{self._text()}\n<p>{field}</p>", _template("map_response")

    def _words(self, name: str, words: list[str]) -> str:
        sensitive = f'caseSensitive="{str(bool(self.key.get("case_sensitive"))).lower()}" '
        mapping = _mapping([(one, 1.0) for one in words], more=sensitive)
        return _declaration(name, "single", "string", words[:1], mapping)

    def number(self) -> tuple[str, str, str]:
        tolerance = float(self.key.get("tolerance") or 0)
        mode = "exact"
        if tolerance:
            mode = "relative" if self.key.get("relative") else "absolute"
        if mode == "relative":
            tolerance = float(Decimal(str(tolerance)) * 100)
        size = f' tolerance="{shown(tolerance)} {shown(tolerance)}"' if tolerance else ""
        unit = f" placeholderText={quoteattr(legal(self.body['unit']))}" if self.body.get("unit") else ""
        processing = (
            f'<responseProcessing><responseCondition><responseIf><equal toleranceMode="{mode}"{size}>'
            '<variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></equal>'
            '<setOutcomeValue identifier="SCORE"><variable identifier="MAXSCORE"/></setOutcomeValue>'
            "</responseIf></responseCondition></responseProcessing>"
        )
        declared = _declaration("RESPONSE", "single", "float", [shown(float(self.key["value"]))])
        field = f'<textEntryInteraction responseIdentifier="RESPONSE"{unit}/>'
        return declared, f"{self._text()}\n<p>{field}</p>", processing

    def fill_in(self) -> tuple[str, str, str]:
        language, text = next(iter(written(self.question["text"]).items()))
        blanks = {one["id"]: one for one in self.body["blanks"]}
        declared: list[str] = []
        parts: list[str] = []
        last = 0
        for place, found in enumerate(BLANK.finditer(text), start=1):
            declaration, field = self._gap(f"RESPONSE_{place}", blanks[found[1]])
            declared.append(declaration)
            parts += [inline(text[last : found.start()], self._address), field]
            last = found.end()
        parts.append(inline(text[last:], self._address))
        body = f'<div class="{OURS} {GAPS}" xml:lang="{language}">{"".join(parts)}</div>'
        return "\n".join(declared), body, _template("map_response")

    def _gap(self, name: str, blank: Content) -> tuple[str, str]:
        right = list(
            dict.fromkeys(one for one in (legal(one).strip() for one in self.key["blanks"][blank["id"]]) if one)
        )
        options = dict.fromkeys(one for one in (legal(one).strip() for one in blank.get("options") or []) if one)
        if not options:
            return self._words(name, right), f'<textEntryInteraction responseIdentifier="{name}"/>'
        names = {word: f"O_{place}" for place, word in enumerate(options, start=1)}
        values = [names[one] for one in names if one in right]
        choices = "".join(
            f'<inlineChoice identifier="{key}">{escape(word)}</inlineChoice>' for word, key in names.items()
        )
        declared = _declaration(name, "single", "identifier", values[:1], _mapping([(one, 1.0) for one in values]))
        field = (
            f'<inlineChoiceInteraction responseIdentifier="{name}" shuffle="true">{choices}</inlineChoiceInteraction>'
        )
        return declared, field

    def match(self) -> tuple[str, str, str]:
        sets = [
            f"<simpleMatchSet>{self._choices(name, 'simpleAssociableChoice', mark, more)}\n</simpleMatchSet>"
            for name, mark, more in (("items", "I", ' matchMax="1"'), ("targets", "T", ' matchMax="0"'))
        ]
        body = (
            f'{self._text()}\n<matchInteraction responseIdentifier="RESPONSE" shuffle="true" maxAssociations="0">\n'
            + "\n".join(sets)
            + "\n</matchInteraction>"
        )
        pairs = [f"I_{one['id']} T_{self.key['pairs'][one['id']]}" for one in self.body["items"]]
        mapping = _mapping([(one, 1 / len(pairs)) for one in pairs])
        return _declaration("RESPONSE", "multiple", "directedPair", pairs, mapping), body, _template("map_response")

    def order(self) -> tuple[str, str, str]:
        values = [f"C_{one}" for one in self.key["order"]]
        body = (
            f'{self._text()}\n<orderInteraction responseIdentifier="RESPONSE" shuffle="true">'
            f"{self._choices('items', 'simpleChoice', 'C')}\n</orderInteraction>"
        )
        return _declaration("RESPONSE", "ordered", "identifier", values), body, _template("match_correct")

    def essay(self) -> tuple[str, str, str]:
        most = f' class="max-words-{self.body["max_words"]}"' if self.body.get("max_words") else ""
        field = f'<extendedTextInteraction responseIdentifier="RESPONSE"{most}/>'
        return _declaration("RESPONSE", "single", "string"), f"{self._text()}\n{field}", ""

    def code(self) -> tuple[str, str, str]:
        language = f' class="language-{self.body["language"]}"' if self.body.get("language") else ""
        starter = legal(self.body.get("starter") or "")
        hint = f" placeholderText={quoteattr(starter)}" if starter.strip() else ""
        field = f'<extendedTextInteraction responseIdentifier="RESPONSE" format="preFormatted"{language}{hint}/>'
        return _declaration("RESPONSE", "single", "string"), f"{self._text()}\n{field}", ""

    def upload(self) -> tuple[str, str, str]:
        types = ",".join(self.body.get("types") or [])
        kind = f" type={quoteattr(legal(types))}" if types else ""
        field = f'<uploadInteraction responseIdentifier="RESPONSE"{kind}/>'
        return _declaration("RESPONSE", "single", "file"), f"{self._text()}\n{field}", ""


def _declaration(name: str, cardinality: str, base: str, values: list[str] | None = None, mapping: str = "") -> str:
    correct = "".join(f"<value>{escape(one)}</value>" for one in values or [])
    correct = f"<correctResponse>{correct}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">{correct}{mapping}'
        "</responseDeclaration>"
    )


def _mapping(entries: list[tuple[str, float]], *, more: str = "", bound: str = "") -> str:
    lines = "".join(f'<mapEntry mapKey={quoteattr(key)} {more}mappedValue="{shown(value)}"/>' for key, value in entries)
    return f'<mapping {bound}defaultValue="0">{lines}</mapping>'


def _outcome(name: str, base: str, value: str = "") -> str:
    default = f"<defaultValue><value>{value}</value></defaultValue>" if value else ""
    return (
        f'<outcomeDeclaration identifier="{name}" cardinality="single" baseType="{base}">{default}</outcomeDeclaration>'
    )


def _template(name: str) -> str:
    return f'<responseProcessing template="{TEMPLATES}/{name}"/>'


WRITERS: dict[str, Callable[[_Item], tuple[str, str, str]]] = {
    "single_choice": _Item.choice,
    "multiple_choice": _Item.choice,
    "true_false": _Item.truth,
    "short_text": _Item.short_text,
    "number": _Item.number,
    "fill_in": _Item.fill_in,
    "matching": _Item.match,
    "ordering": _Item.order,
    "essay": _Item.essay,
    "code": _Item.code,
    "file_upload": _Item.upload,
}
