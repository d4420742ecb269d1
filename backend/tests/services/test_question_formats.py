"""Questions out and in again, in every format and of every type: what was written once is written the same again."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.domain.questions import QuestionType
from app.schemas.questions import QuestionWrite, plain
from app.services.question_formats import FORMATS, Content, QuestionFormat, Sheet, read
from tests.questions import EVERY_TYPE

ALPHABET = st.one_of(
    st.sampled_from("abcXYZ 019\n\t'\"\\<>&{}~=#:%|;,$*`[]()-_^!+@/"),
    st.sampled_from("আমকাঁঠালড়ঢ়য়১২৩ক্ষ‌‍"),
    st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cc", "Cn", "Co")),
)
NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True)
TEXT = st.text(ALPHABET, min_size=1, max_size=30).filter(str.strip)
WORDS = st.dictionaries(st.sampled_from(("en", "bn")), TEXT, min_size=1, max_size=2)
POINTS = st.integers(0, 400).map(lambda quarters: quarters / 4)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)


@st.composite
def lists(draw: st.DrawFn, least: int = 2) -> list[dict[str, Any]]:
    ids = draw(st.lists(NAMES, min_size=least, max_size=5, unique=True))
    return [{"id": one, "text": draw(WORDS)} for one in ids]


@st.composite
def questions(draw: st.DrawFn) -> Content:
    kind = draw(st.sampled_from(list(QuestionType)))
    content: Content = {
        "type": kind.value,
        "text": draw(WORDS),
        "points": draw(POINTS),
        "negative_points": draw(POINTS),
        "seconds": draw(st.none() | st.integers(5, 900)),
        "tags": draw(st.lists(st.from_regex(r"[a-z1২ক;,|]{1,9}", fullmatch=True), max_size=3, unique=True)),
        "explanation": draw(st.just({}) | WORDS),
        "rubric": [{**one, "points": draw(POINTS)} for one in draw(lists(least=0))],
        **draw(PARTS[kind]),
    }
    written = plain(QuestionWrite.model_validate(content))
    written.setdefault("seconds", None)
    return written


@st.composite
def choice(draw: st.DrawFn, *, several: bool) -> Content:
    options = draw(lists())
    ids = [one["id"] for one in options]
    body = {"options": options} | draw(st.sampled_from(({}, {"shuffle": False}, {"shuffle": True})))
    if not several:
        return {"body": body, "key": {"option": draw(st.sampled_from(ids))}}
    right = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    return {"body": body, "key": {"options": right, "partial": draw(st.booleans())}}


@st.composite
def gaps(draw: st.DrawFn) -> Content:
    ids = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    text: dict[str, str] = {}
    for language in draw(st.sampled_from((("en",), ("bn",), ("en", "bn")))):
        order = draw(st.permutations(ids))
        text[language] = "".join(draw(TEXT).replace("{", "(") + f"{{{{{one}}}}}" for one in order) + draw(TEXT)
    blanks: list[Content] = []
    key: dict[str, list[str]] = {}
    for one in ids:
        options = draw(st.none() | st.lists(TEXT, min_size=2, max_size=4, unique=True))
        blanks.append({"id": one} if options is None else {"id": one, "options": options})
        words = st.lists(TEXT, min_size=1, max_size=3)
        key[one] = draw(words if options is None else st.lists(st.sampled_from(options), min_size=1, unique=True))
    return {"text": text, "body": {"blanks": blanks}, "key": {"blanks": key}}


@st.composite
def matches(draw: st.DrawFn) -> Content:
    items, targets = draw(lists()), draw(lists())
    pairs = {one["id"]: draw(st.sampled_from(targets))["id"] for one in items}
    return {"body": {"items": items, "targets": targets}, "key": {"pairs": pairs}}


@st.composite
def orders(draw: st.DrawFn) -> Content:
    items = draw(lists())
    return {"body": {"items": items}, "key": {"order": list(draw(st.permutations([one["id"] for one in items])))}}


def in_one_language(question: Content) -> Content:
    """What Aiken carries, made of any question."""
    words = next(iter(question["text"].values()))
    options = [{"id": one, "text": {"en": f"{one} {words}"}} for one in "abc"]
    content = {"type": "single_choice", "text": {"en": words.replace("{", "(")}, "body": {"options": options}}
    return {"seconds": None} | plain(QuestionWrite.model_validate({**content, "key": {"option": "c"}}))


PARTS: dict[QuestionType, st.SearchStrategy[Content]] = {
    QuestionType.SINGLE_CHOICE: choice(several=False),
    QuestionType.MULTIPLE_CHOICE: choice(several=True),
    QuestionType.TRUE_FALSE: st.booleans().map(lambda value: {"key": {"value": value}}),
    QuestionType.SHORT_TEXT: st.builds(
        lambda accepted, case: {"key": {"accepted": accepted, "case_sensitive": case}},
        st.lists(TEXT, min_size=1, max_size=3),
        st.booleans(),
    ),
    QuestionType.NUMBER: st.builds(
        lambda value, tolerance, relative: {
            "body": {"unit": "m/s²"},
            "key": {"value": value, "tolerance": tolerance, "relative": relative},
        },
        NUMBERS,
        st.sampled_from((0.0, 0.5, 0.05, 0.01, 3.0)),
        st.booleans(),
    ),
    QuestionType.FILL_IN: gaps(),
    QuestionType.MATCHING: matches(),
    QuestionType.ORDERING: orders(),
    QuestionType.ESSAY: st.sampled_from(({}, {"body": {"max_words": 300}})),
    QuestionType.CODE: TEXT.map(lambda starter: {"body": {"language": "python", "starter": starter}}),
    QuestionType.FILE_UPLOAD: st.just({"body": {"max_files": 2, "types": ["image/png", ".pdf"], "max_bytes": 2048}}),
}


def taken_in(body: bytes, wanted: QuestionFormat) -> tuple[list[Content], dict[str, Content]]:
    """What an import would store."""
    found, parsed = read(body, wanted)
    assert (found, parsed.problems) == (wanted, [])
    made: list[Content] = []
    for draft in parsed.drafts:
        content = plain(QuestionWrite.model_validate(draft.content))
        made.append({"seconds": None, **content, "section": draft.section})
    return made, parsed.sections


@pytest.mark.parametrize("name", list(QuestionFormat))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_export_import_export_is_identical(name: QuestionFormat, data: st.DataObject) -> None:
    how = FORMATS[name]
    asked = data.draw(st.lists(questions(), min_size=1, max_size=4))
    if name is QuestionFormat.AIKEN:
        asked = [*map(in_one_language, asked)]
    carried = [one for one in asked if how.carries(one)]
    assume(carried)
    first = how.write(Sheet([{**one, "section": None} for one in carried]))
    back, _ = taken_in(first, name)
    assert [one["type"] for one in back] == [one["type"] for one in carried]
    if name is QuestionFormat.JSON:
        assert [{**one, "section": None} for one in carried] == back
    assert all(how.carries(one) for one in back)
    assert how.write(Sheet(back)) == first


@pytest.mark.parametrize("name", list(QuestionFormat))
def test_every_type_that_a_format_carries_comes_back_with_its_key(name: QuestionFormat) -> None:
    how = FORMATS[name]
    asked = [
        {"section": None, "seconds": None} | plain(QuestionWrite.model_validate(one)) for one in EVERY_TYPE.values()
    ]
    carried = [one for one in asked if how.carries(one)]
    assert carried or name is QuestionFormat.AIKEN
    back, _ = taken_in(how.write(Sheet(carried)), name) if carried else ([], {})
    assert [(one["type"], one["text"]) for one in back] == [(one["type"], one["text"]) for one in carried]
