"""What the report of one exam session says; `app/reports/exam_session.typ` says how it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ai.guard import check_picture
from app.ai.types import FrameRefused
from app.core.clock import now
from app.core.errors import Conflict, TooMany
from app.db.models import Evidence, ExamSession, GivenDecision, GivenVerdict, User, Violation
from app.domain.presets import Preset
from app.domain.reviews import Verdict
from app.domain.roles import Language, Role
from app.domain.trust import factors, measured_score, weight_of
from app.domain.violations import RULES, ViolationKind
from app.schemas.exam_sessions import OutageRead
from app.schemas.institution import InstitutionSettings
from app.schemas.realtime import ViolationOut
from app.schemas.reviews import CommentRead
from app.services.access import access_violations
from app.services.audit import note
from app.services.decisions import comments_of
from app.services.evidence import intact
from app.services.evidence_views import note_view
from app.services.how_sure import how_sure
from app.services.institution import institution
from app.services.outages import outages_of
from app.services.people import People, people_of
from app.services.report_rendering import Report
from app.services.report_words import PAGE_NUMBERS, Words
from app.services.review_queue import decisions_that_stand, reasons_of
from app.services.reviews import unobserved_in
from app.services.standing import band_in
from app.services.verdicts import histories_of
from app.services.violations import describe, episode_of, exam_weights
from app.storage import EvidenceStore

MOST_VIOLATIONS = 200
MOST_PICTURES = 40
MOST_LANES = 12


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of the violations of a sitting, and by whom; a student is not told names and reasons."""

    histories: Mapping[int, Sequence[GivenVerdict]]
    comments: Sequence[CommentRead]
    people: People
    for_staff: bool


async def session_report(
    db: AsyncSession, who: User, exam_session_id: int, language: Language, store: EvidenceStore
) -> Report:
    """For the exam's staff and the student. Pictures in it are looks at evidence, and audited like any."""
    taken, rows = await access_violations(db, who, exam_session_id)
    house = await institution(db)
    words = Words(language, ZoneInfo(house.timezone))
    shown = (await describe(db, {taken.id: taken.exam.weights}, rows))[taken.id]
    decision = (await decisions_that_stand(db, [taken.id])).get(taken.id)
    histories = await histories_of(db, [row.id for row in rows])
    reviewers = [one.reviewer_id for history in histories.values() for one in history]
    people = await people_of(db, [*reviewers, decision.reviewer_id if decision else None])
    told = Told(histories, await comments_of(db, taken.id), people, who.role != Role.STUDENT)
    note(db, who, "exam_session.report", f"exam_session:{taken.id}", exam_session_id=taken.id, language=language)
    pictures, all_shown = await _pictures(db, who, rows, shown, store, words, most_looks=house.evidence_views_per_hour)
    title = words("session.title")
    data = {
        **frame(words, house, who, title=title, subtitle=f"{taken.exam.title} · {taken.student.full_name}"),
        "facts": _facts(words, taken),
        **_scores(words, taken, rows),
        "decision": _decision(words, decision, told),
        "timeline": _timeline(words, taken, shown),
        "violations": [_violation(words, one, told, pictures.get(one.id, [])) for one in shown[:MOST_VIOLATIONS]],
        "left_out": _left_out(words, len(shown), all_shown=all_shown),
        **_unobserved(words, taken, await outages_of(db, who, taken.id)),
        "words_said": [f"{words.moment(one.at)}: {one.text}" for one in told.comments if one.violation_id is None],
        "how_sure": how_sure(words, Preset(taken.exam.preset)),
    }
    name = f"{title} - {taken.exam.title} - {taken.student.full_name}.pdf"
    return Report("exam_session", data, name, no_pictures=words("pictures_failed"))


def frame(words: Words, house: InstitutionSettings, who: User, *, title: str, subtitle: str) -> dict[str, Any]:
    """What every report has. The foot names who asked: a copy that turns up elsewhere tells where it came from."""
    at = now()
    product = words("product")
    return {
        "language": words.language,
        "page_numbers": PAGE_NUMBERS[words.language],
        "title": title,
        "subtitle": subtitle,
        "author": house.name or product,
        "made_for": words(
            "made_for",
            institution=house.name or product,
            name=who.full_name,
            id=words.number(who.id),
            at=words.moment(at),
        ),
        "words": {key: words(key) for key in HEADINGS},
    }


HEADINGS = (
    "only_evidence", "summary", "decision", "no_decision", "breakdown", "breakdown_text", "nothing_noted",
    "timeline", "violations", "unobserved", "unobserved_text", "always_seen", "outages", "comments", "how_sure",
    "kinds", "kinds_text", "exam_sessions", "nobody_sat",
)  # fmt: skip


def _facts(words: Words, taken: ExamSession) -> list[list[str]]:
    facts = [
        [words("exam"), taken.exam.title],
        [words("student"), f"{taken.student.full_name} ({taken.student.email})"],
        [words("attempt"), words.number(taken.attempt)],
        [words("began"), words.moment(taken.start_time)],
        [words("ended"), words.moment(taken.end_time) if taken.end_time else words("state.active")],
        [words("state"), words(f"state.{taken.state}")],
    ]
    return [*facts, [words("end_reason"), taken.end_reason]] if taken.end_reason else facts


def _scores(words: Words, taken: ExamSession, rows: Sequence[Violation]) -> dict[str, Any]:
    weights = exam_weights(taken.exam.weights)
    episodes = [episode_of(row) for row in rows]
    measured, by_kind = measured_score(episodes, weights), factors(episodes, weights)
    sentence = words("trust_sentence", trust=words.number(taken.trust, 1))
    if abs(measured - taken.trust) > 0.005:
        sentence += " " + words("measured_sentence", measured=words.number(measured, 1))
    coverage = words("coverage_none")
    if taken.coverage is not None:
        coverage = words("coverage_sentence", coverage=words.percent(taken.coverage))
    return {
        "trust": words.number(taken.trust),
        "band": band_in(taken.exam, taken.trust),
        "band_word": words(f"band.{band_in(taken.exam, taken.trust)}"),
        "trust_sentence": sentence,
        "coverage_sentence": coverage,
        "breakdown_head": [words("kind"), words("times"), words("lasted"), words("weight"), words("factor")],
        "breakdown": [
            [
                words.kind(reason.kind),
                words.number(reason.count),
                words.duration(reason.seconds),
                words.number(weight_of(reason.kind, weights), 2),
                "× " + words.number(by_kind[reason.kind], 3),
            ]
            for reason in reasons_of(episodes, weights)
        ],
    }


def _decision(words: Words, decision: GivenDecision | None, told: Told) -> dict[str, str] | None:
    if decision is None:
        return None
    name = told.people[decision.reviewer_id].full_name if told.for_staff else None
    return {
        "word": words(f"decision.{decision.decision}"),
        "by": words("decided_by", name=name or words("staff"), at=words.moment(decision.created_at)),
        "text": decision.text,
    }


def _timeline(words: Words, taken: ExamSession, shown: Sequence[ViolationOut]) -> dict[str, Any]:
    """Lanes of spans as shares of the whole: what could not be seen first, then each kind."""
    begin, end = taken.start_time, taken.end_time or max([now(), *(one.started_at for one in shown)])
    whole = max(1.0, (end - begin).total_seconds())

    def span(since: datetime, until: datetime) -> list[float]:
        first = min(1.0, max(0.0, (since - begin).total_seconds() / whole))
        return [first, min(1.0 - first, max(0.0, (until - since).total_seconds() / whole))]

    lanes: dict[ViolationKind, list[list[float]]] = {}
    for one in shown:
        lanes.setdefault(one.kind, []).append(span(one.started_at, one.ended_at or end))
    blind = [span(one.begin, one.to) for one in unobserved_in(taken)]
    found = [{"name": words.kind(kind), "spans": spans, "neutral": False} for kind, spans in sorted(lanes.items())]
    if blind:
        found.insert(0, {"name": words("unobserved"), "spans": blind, "neutral": True})
    return {"lanes": found[:MOST_LANES], "begin": words.clock(begin), "end": words.clock(end)}


def _violation(words: Words, one: ViolationOut, told: Told, pictures: list[dict[str, Any]]) -> dict[str, Any]:
    title = words.kind(one.kind)
    if one.reviewed_kind is not None:
        title = words("reviewed_as", kind=title, reviewed=words.kind(one.reviewed_kind))
    measured = words("sure", confidence=words.percent(one.confidence))
    if one.measured:
        measured += " " + words("measured", values=words.measured(one.measured))
    if one.threshold:
        measured += " " + words("limits", values=words.measured(one.threshold))
    rule = RULES[one.kind]
    length = (
        words.duration(one.seconds) if rule.timed or one.seconds else words("counted", count=words.number(one.count))
    )
    effect = words("does_not_count")
    if one.counts and one.without_this is not None:
        effect = words("effect", score=words.number(one.without_this, 1))
    return {
        "title": title,
        "when": f"{words.clock(one.started_at)} · {length}",
        "explanation": words.explanation(one.kind),
        "measured": measured,
        "effect": effect,
        "verdict": words(f"verdict.{one.verdict}") if one.verdict else "",
        "said": _said(words, one, told),
        "pictures": pictures,
    }


def _said(words: Words, one: ViolationOut, told: Told) -> list[str]:
    said = [
        words("student_said", at=words.moment(comment.at), text=comment.text)
        for comment in told.comments
        if comment.violation_id == one.id
    ]
    if not told.for_staff:
        return said
    for row in told.histories.get(one.id, ()):
        verdict = words(f"verdict.{Verdict(row.verdict)}") if row.verdict else words("verdict.undone")
        name = told.people[row.reviewer_id].full_name or words("staff")
        trust = words("trust_moved", before=words.number(row.trust_before, 1), after=words.number(row.trust_after, 1))
        reason = f": {row.reason}" if row.reason else ""
        said.append(f"{words.moment(row.created_at)}, {name}: {verdict}{reason} ({trust})")
    return said


def _unobserved(words: Words, taken: ExamSession, outages: Sequence[OutageRead]) -> dict[str, Any]:
    """When nothing could be seen, and when the line was down, which is mostly but not always the same."""
    return {
        "outages_head": [words("from"), words("to"), words("lasted"), words("why"), words("given_back")],
        "outages": [
            [
                words.clock(one.started_at),
                words.clock(one.ended_at) if one.ended_at else "–",
                words.duration(one.seconds),
                words(f"cause.{one.cause}"),
                words.duration(one.credited_seconds),
            ]
            for one in outages
        ],
        "unobserved_head": [words("from"), words("to"), words("lasted"), words("why")],
        "unobserved": [
            [
                words.clock(one.begin),
                words.clock(one.to),
                words.duration((one.to - one.begin).total_seconds()),
                ", ".join(words.state(state) for state in one.states),
            ]
            for one in unobserved_in(taken)
        ],
    }


def _left_out(words: Words, count: int, *, all_shown: bool) -> str:
    left = []
    if count > MOST_VIOLATIONS:
        left.append(words("violations_left_out", count=words.number(count - MOST_VIOLATIONS)))
    if not all_shown:
        left.append(words("pictures_left_out"))
    return " ".join(left)


async def _pictures(
    db: AsyncSession,
    who: User,
    rows: Sequence[Violation],
    shown: Sequence[ViolationOut],
    store: EvidenceStore,
    words: Words,
    *,
    most_looks: int,
) -> tuple[dict[int, list[dict[str, Any]]], bool]:
    """Pictures by violation, those of the costliest first, and whether that is all of them."""
    order = sorted(shown[:MOST_VIOLATIONS], key=lambda one: (-(one.without_this or 0.0), one.id))
    query = select(Evidence).where(Evidence.exam_session_id == rows[0].exam_session_id) if rows else None
    kept: dict[int, list[Evidence]] = {}
    if query is not None:
        for evidence in await db.scalars(query.order_by(Evidence.captured_at, Evidence.id)):
            kept.setdefault(evidence.violation_id, []).append(evidence)
    found: dict[int, list[dict[str, Any]]] = {}
    wanted = [evidence for one in order for evidence in kept.get(one.id, ())]
    for evidence in wanted[:MOST_PICTURES]:
        picture = await _picture(db, evidence, store, words)
        if picture is None:
            continue
        try:
            await note_view(db, who, evidence, most=most_looks, via="report")
        except TooMany:
            return found, False
        found.setdefault(evidence.violation_id, []).append(picture)
    return found, len(wanted) <= MOST_PICTURES


async def _picture(db: AsyncSession, evidence: Evidence, store: EvidenceStore, words: Words) -> dict[str, Any] | None:
    """One picture; None where the store no longer has it as it was kept, or it is none."""
    try:
        body = await intact(db, store, evidence)
        check_picture(body)
    except (Conflict, FrameRefused):
        return None
    return {"bytes": list(body), "alt": f"{words(f'role.{evidence.role}')}, {words.clock(evidence.captured_at)}"}
