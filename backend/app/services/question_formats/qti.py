"""QTI 2.1, read: a package with a manifest, or a single item. One interaction an item, or gaps in one text."""

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import unquote

from app.services.question_formats.drafts import Content, Draft, Parsed, Unreadable, count, name_of, number
from app.services.question_formats.packages import MAGIC, unpacked
from app.services.question_formats.qti_markup import TextReader, has_gaps
from app.services.question_formats.xml_reading import line_of, parsed, text_at

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MANIFEST = "imsmanifest.xml"
ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
MARK = re.compile(r"[CIT]_")
"""Before our own ids: an identifier of XML may not begin with a digit, and items and targets must differ."""


def read(body: bytes) -> Parsed:
    """All items; in a package an item's line is the one of the manifest that names its file."""
    found = Parsed()
    if not body.startswith(MAGIC):
        root = parsed(body)
        _item(found, root, {}, "", 1)
        return found
    files = unpacked(body)
    if MANIFEST not in files:
        raise Unreadable("qti_no_manifest", 1)
    for name, line in _resources(parsed(files[MANIFEST])):
        if name not in files:
            found.wrong(Unreadable("qti_file_missing", name=name[:80]), line, file=name)
            continue
        try:
            root = parsed(files[name])
        except Unreadable as error:
            found.wrong(error, line, file=name)
            continue
        if root.tag == "assessmentItem":
            _item(found, root, files, name, line)
    return found


def _resources(manifest: "Element") -> Iterator[tuple[str, int]]:
    """Items' files, in the manifest's order, with the line that names each."""
    for resource in manifest.iter("resource"):
        if (resource.get("type") or "").startswith("imsqti_item") and resource.get("href"):
            yield unquote(resource.get("href") or ""), line_of(resource)


def _item(found: Parsed, root: "Element", files: Mapping[str, bytes], name: str, line: int) -> None:
    """A draft; its line is that of the manifest, for items in a package all begin in their first line."""
    if root.tag != "assessmentItem":
        raise Unreadable("xml_other_root", line_of(root), name=root.tag[:40])
    try:
        found.drafts.append(Draft(line, _Item(root, found, files, name).content(), file=name))
    except Unreadable as error:
        found.wrong(error, line, file=name)


class _Item:
    """One assessmentItem."""

    def __init__(self, root: "Element", found: Parsed, files: Mapping[str, bytes], name: str) -> None:
        self.root = root
        self.found = found
        self.files = files
        self.folder = posixpath.dirname(name)
        self.reader = TextReader(self._picture)
        self.declared = {one.get("identifier") or "": one for one in root.findall("responseDeclaration")}

    def content(self) -> Content:
        """Unreadable `type_not_carried`, and whatever a part misses."""
        body = self.root.find("itemBody")
        if body is None:
            raise Unreadable("qti_no_body")
        interactions = [one for one in body.iter() if one.tag.endswith("Interaction")]
        if not interactions:
            raise Unreadable("qti_no_interaction")
        kinds = {one.tag for one in interactions}
        if kinds <= {"textEntryInteraction", "inlineChoiceInteraction"} and not self._alone(body, interactions):
            made = self._gaps(body)
        elif len(interactions) > 1 or (interactions[0].tag not in READERS):
            raise Unreadable("type_not_carried", name=", ".join(sorted(kinds))[:80])
        else:
            made = {
                "text": self.reader.words(body, interactions[0]),
                **READERS[interactions[0].tag](self, interactions[0]),
            }
        made["points"] = self._outcome("MAXSCORE", 1.0)
        costs = -self._outcome("MINSCORE", 0.0)
        if costs > 0:
            made["negative_points"] = costs
        feedback = self.root.find("modalFeedback")
        explanation = self.reader.words(feedback, None) if feedback is not None else {}
        return made | ({"explanation": explanation} if explanation else {})

    def _alone(self, body: "Element", interactions: list["Element"]) -> bool:
        """A single field behind its text is an answer of its own; in the middle of it, or said to be one, a gap."""
        if len(interactions) > 1 or interactions[0].tag != "textEntryInteraction" or has_gaps(body):
            return False
        after = False
        for one in body.iter():
            if one is interactions[0]:
                after = True
            elif after and (one.text or "").strip():
                return False
        return not (interactions[0].tail or "").strip()

    def _outcome(self, name: str, default: float) -> float:
        for one in self.root.findall("outcomeDeclaration"):
            if one.get("identifier") == name and text_at(one, "defaultValue/value"):
                return number(text_at(one, "defaultValue/value"))
        return default

    def _picture(self, address: str) -> str:
        name = posixpath.normpath(posixpath.join(self.folder, unquote(address)))
        body = self.files.get(name)
        if body is None:
            raise Unreadable("picture_missing", name=address[:80])
        known = hashlib.sha256(body).hexdigest()
        self.found.pictures[known] = body
        return f"picture:{known}"

    def _declaration(self, interaction: "Element") -> "Element":
        found = self.declared.get(interaction.get("responseIdentifier") or "")
        if found is None:
            raise Unreadable("question_without_key", part="responseDeclaration")
        return found

    def _correct(self, interaction: "Element") -> list[str]:
        values = self._declaration(interaction).findall("correctResponse/value")
        return ["".join(one.itertext()) for one in values]

    def _choices(self, interaction: "Element", tag: str) -> tuple[list[Content], dict[str, str]]:
        """Choices with our ids, and identifier → id."""
        elements = list(interaction.iter(tag))
        given = [one.get("identifier") or "" for one in elements]
        own = [MARK.sub("", one, count=1) if MARK.match(one) else one for one in given]
        if not all(ID.fullmatch(one) for one in own) or len(set(own)) != len(own):
            own = [name_of(place) for place in range(len(given))]
        made = [{"id": name, "text": self.reader.words(one, None)} for name, one in zip(own, elements, strict=True)]
        return made, dict(zip(given, own, strict=True))

    def choice(self, interaction: "Element") -> Content:
        identifiers = sorted(one.get("identifier") or "" for one in interaction.iter("simpleChoice"))
        correct = self._correct(interaction)
        if identifiers == ["false", "true"] and interaction.get("maxChoices", "1") == "1":
            if correct not in (["true"], ["false"]):
                raise Unreadable("question_without_key", part="value")
            return {"type": "true_false", "body": {}, "key": {"value": correct == ["true"]}}
        options, own = self._choices(interaction, "simpleChoice")
        body: Content = {"options": options}
        if interaction.get("shuffle") == "false":
            body["shuffle"] = False
        right = [self._own(own, one) for one in correct]
        if not right:
            raise Unreadable("question_without_key", part="option")
        if self._declaration(interaction).get("cardinality") == "single":
            return {"type": "single_choice", "body": body, "key": {"option": right[0]}}
        partial = self._declaration(interaction).find("mapping") is not None
        return {"type": "multiple_choice", "body": body, "key": {"options": right, "partial": partial}}

    @staticmethod
    def _own(own: Mapping[str, str], identifier: str) -> str:
        if identifier not in own:
            raise Unreadable("question_key_unknown", part="correctResponse", id=identifier[:40])
        return own[identifier]

    def text_entry(self, interaction: "Element") -> Content:
        declaration = self._declaration(interaction)
        if declaration.get("baseType") in ("float", "integer"):
            return self._number(interaction)
        accepted, sensitive = self._accepted(interaction)
        key: Content = {"accepted": accepted} | ({"case_sensitive": True} if sensitive else {})
        length = count(interaction.get("expectedLength") or "")
        body = {"max_length": length} if length else {}
        return {"type": "short_text", "body": body, "key": key}

    def _number(self, interaction: "Element") -> Content:
        correct = self._correct(interaction)
        if len(correct) != 1:
            raise Unreadable("question_without_key", part="value")
        key: Content = {"value": number(correct[0])}
        for equal in self.root.iter("equal"):
            mode = equal.get("toleranceMode", "exact")
            if mode != "exact":
                tolerance = number((equal.get("tolerance") or "0").split()[0])
                key["tolerance"] = float(Decimal(str(tolerance)) / 100) if mode == "relative" else tolerance
                key["relative"] = mode == "relative"
        unit = interaction.get("placeholderText") or ""
        return {"type": "number", "body": {"unit": unit} if unit.strip() else {}, "key": key}

    def _accepted(self, interaction: "Element") -> tuple[list[str], bool]:
        """The words that count fully, and whether their case matters."""
        entries = self._declaration(interaction).findall("mapping/mapEntry")
        values = [number(one.get("mappedValue") or "0") for one in entries]
        most = max(values, default=0.0)
        if any(value not in (0.0, most) for value in values):
            raise Unreadable("weights_not_carried")
        words = [one.get("mapKey") or "" for one, value in zip(entries, values, strict=True) if value]
        sensitive = any(one.get("caseSensitive", "true") == "true" for one in entries)
        if not words:
            words, sensitive = self._correct(interaction), True
        if not words:
            raise Unreadable("question_without_key", part="accepted")
        return words, sensitive

    def _rights(self, interaction: "Element") -> list[str]:
        """Identifiers that count."""
        entries = self._declaration(interaction).findall("mapping/mapEntry")
        mapped = [one.get("mapKey") or "" for one in entries if number(one.get("mappedValue") or "0") > 0]
        return mapped or self._correct(interaction)

    def _gaps(self, body: "Element") -> Content:
        blanks: list[Content] = []
        accepted: dict[str, list[str]] = {}
        sensitive = False

        def gap(interaction: "Element") -> str:
            nonlocal sensitive
            name = name_of(len(blanks))
            if interaction.tag == "inlineChoiceInteraction":
                given = {
                    one.get("identifier"): "".join(one.itertext()).strip() for one in interaction.iter("inlineChoice")
                }
                blanks.append({"id": name, "options": list(dict.fromkeys(given.values()))})
                accepted[name] = [given.get(one, one) for one in self._rights(interaction)]
            else:
                blanks.append({"id": name})
                accepted[name], case = self._accepted(interaction)
                sensitive |= case
            return f"{{{{{name}}}}}"

        text = TextReader(self._picture, gap).words(body, None)
        key: Content = {"blanks": accepted} | ({"case_sensitive": True} if sensitive else {})
        return {"type": "fill_in", "text": text, "body": {"blanks": blanks}, "key": key}

    def match(self, interaction: "Element") -> Content:
        sets = interaction.findall("simpleMatchSet")
        if len(sets) != 2:
            raise Unreadable("question_needs_more", part="targets", least="2")
        items, own_items = self._choices(sets[0], "simpleAssociableChoice")
        targets, own_targets = self._choices(sets[1], "simpleAssociableChoice")
        pairs: dict[str, str] = {}
        for value in self._correct(interaction):
            item, _, target = " ".join(value.split()).partition(" ")
            pairs[self._own(own_items, item)] = self._own(own_targets, target)
        return {"type": "matching", "body": {"items": items, "targets": targets}, "key": {"pairs": pairs}}

    def order(self, interaction: "Element") -> Content:
        items, own = self._choices(interaction, "simpleChoice")
        order = [self._own(own, one) for one in self._correct(interaction)]
        return {"type": "ordering", "body": {"items": items}, "key": {"order": order}}

    def extended_text(self, interaction: "Element") -> Content:
        if interaction.get("format") == "preFormatted":
            language = (interaction.get("class") or "").removeprefix("language-")
            starter = interaction.get("placeholderText") or ""
            body: Content = {"language": language} if language else {}
            return {"type": "code", "body": body | ({"starter": starter} if starter.strip() else {}), "key": {}}
        words = count(interaction.get("class", "").removeprefix("max-words-"))
        return {"type": "essay", "body": {"max_words": words} if words else {}, "key": {}}

    def upload(self, interaction: "Element") -> Content:
        kind = interaction.get("type") or ""
        return {"type": "file_upload", "body": {"types": kind.split(",")} if kind.strip() else {}, "key": {}}


READERS: dict[str, Callable[[_Item, "Element"], Content]] = {
    "choiceInteraction": _Item.choice,
    "textEntryInteraction": _Item.text_entry,
    "matchInteraction": _Item.match,
    "orderInteraction": _Item.order,
    "extendedTextInteraction": _Item.extended_text,
    "uploadInteraction": _Item.upload,
}
