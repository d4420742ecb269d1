"""One question of every type, in both languages, and a right answer to each."""

from typing import Any

from app.domain.questions import QuestionType


def words(en: str, bn: str) -> dict[str, str]:
    return {"en": en, "bn": bn}


def choices(*pairs: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"id": key, "text": words(en, bn)} for key, en, bn in pairs]


FRUIT = choices(("a", "Mango", "আম"), ("b", "Jackfruit", "কাঁঠাল"), ("c", "Litchi", "লিচু"))
CHOICE: dict[str, Any] = {
    "type": "single_choice",
    "text": words("The national fruit of Bangladesh?", "বাংলাদেশের জাতীয় ফল?"),
    "points": 2.0,
    "negative_points": 0.5,
    "body": {"options": FRUIT},
    "key": {"option": "b"},
}
EVERY_TYPE: dict[QuestionType, dict[str, Any]] = {
    QuestionType.SINGLE_CHOICE: CHOICE,
    QuestionType.MULTIPLE_CHOICE: {
        "type": "multiple_choice",
        "text": words("Which grow on trees?", "কোনগুলো গাছে ধরে?"),
        "body": {"options": FRUIT},
        "key": {"options": ["a", "b"], "partial": True},
    },
    QuestionType.TRUE_FALSE: {
        "type": "true_false",
        "text": words("$2 + 2 = 4$", "$2 + 2 = 4$"),
        "key": {"value": True},
    },
    QuestionType.SHORT_TEXT: {
        "type": "short_text",
        "text": words("The capital?", "রাজধানী?"),
        "key": {"accepted": ["Dhaka", "ঢাকা"]},
    },
    QuestionType.NUMBER: {
        "type": "number",
        "text": words("g, in m/s²?", "g কত, m/s² এককে?"),
        "body": {"unit": "m/s²"},
        "key": {"value": 9.81, "tolerance": 0.05},
    },
    QuestionType.FILL_IN: {
        "type": "fill_in",
        "text": words("{{river}} flows past {{city}}.", "{{city}} শহরের পাশে {{river}} নদী।"),
        "body": {"blanks": [{"id": "river"}, {"id": "city", "options": ["Dhaka", "Khulna"]}]},
        "key": {"blanks": {"river": ["Buriganga", "বুড়িগঙ্গা"], "city": ["Dhaka"]}},
    },
    QuestionType.MATCHING: {
        "type": "matching",
        "text": words("Match.", "মেলাও।"),
        "body": {
            "items": choices(("i1", "H", "H"), ("i2", "O", "O")),
            "targets": choices(("t1", "Hydrogen", "হাইড্রোজেন"), ("t2", "Oxygen", "অক্সিজেন")),
        },
        "key": {"pairs": {"i1": "t1", "i2": "t2"}},
    },
    QuestionType.ORDERING: {
        "type": "ordering",
        "text": words("Smallest first.", "ছোট থেকে বড়।"),
        "body": {"items": choices(("x", "1", "১"), ("y", "2", "২"), ("z", "3", "৩"))},
        "key": {"order": ["x", "y", "z"]},
    },
    QuestionType.ESSAY: {
        "type": "essay",
        "text": words("Why is the sky blue?", "আকাশ নীল কেন?"),
        "body": {"max_words": 300},
        "rubric": [{"id": "r1", "text": words("Scattering", "বিক্ষেপণ"), "points": 1.0}],
    },
    QuestionType.CODE: {
        "type": "code",
        "text": words("Add two numbers.", "দুটি সংখ্যা যোগ করো।"),
        "body": {"language": "python", "starter": "def add(a, b):\n    "},
    },
    QuestionType.FILE_UPLOAD: {
        "type": "file_upload",
        "text": words("Hand in your drawing.", "আঁকা ছবি জমা দাও।"),
        "body": {"max_files": 2, "types": ["image/png"], "max_bytes": 1048576},
    },
}
RIGHT: dict[QuestionType, Any] = {
    QuestionType.SINGLE_CHOICE: "b",
    QuestionType.MULTIPLE_CHOICE: ["a", "b"],
    QuestionType.TRUE_FALSE: True,
    QuestionType.SHORT_TEXT: " ঢাকা ",
    QuestionType.NUMBER: "৯.৮",
    QuestionType.FILL_IN: {"river": "বুড়িগঙ্গা", "city": "Dhaka"},
    QuestionType.MATCHING: {"i1": "t1", "i2": "t2"},
    QuestionType.ORDERING: ["x", "y", "z"],
    QuestionType.ESSAY: "কারণ আলো বিক্ষিপ্ত হয়।",
    QuestionType.CODE: "def add(a, b):\n    return a + b",
    QuestionType.FILE_UPLOAD: [],
}
