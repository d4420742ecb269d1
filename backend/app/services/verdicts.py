"""Verdicts on violations: rows are only added, what stands is kept with the violation, and trust follows at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, Invalid, Missing
from app.db.models import ExamSession, GivenDecision, GivenVerdict, User, Violation
from app.domain.custody import Kind
from app.domain.reviews import Given, Judgement, Verdict, standing_row
from app.domain.violations import ViolationKind
from app.schemas.realtime import ViolationOut
from app.schemas.reviews import BulkVerdictRead, ScoreRead, VerdictRead, VerdictRequest
from app.services.access import access_exam_as_staff, access_exam_session, access_violation
from app.services.audit import note
from app.services.custody import hold, note_down
from app.services.custody_items import item_of, score_now
from app.services.standing import band_in, rescore, tell_of_violations, violations_of_held


@dataclass(frozen=True, slots=True)
class Draft:
    """A row to be written: a verdict, or (`verdict` None) the taking back of the row `undoes`."""

    verdict: Verdict | None
    kind: ViolationKind | None = None
    reason: str = ""
    undoes: int | None = None
    in_bulk: bool = False


async def give_verdict(db: AsyncSession, who: User, violation_id: int, wanted: VerdictRequest) -> VerdictRead:
    """Say what a violation is. Invalid `dismissed_has_no_kind`."""
    if wanted.kind is not None and wanted.verdict is Verdict.DISMISSED:
        raise Invalid("dismissed_has_no_kind")
    found = await access_violation(db, who, violation_id)
    draft = Draft(wanted.verdict, None if wanted.kind == found.kind else wanted.kind, wanted.reason)
    changed = await _judge(db, who, found.exam_session_id, {found.id: draft})
    return VerdictRead(violation=changed.violations[0], trust=changed.score.trust, band=changed.score.band)


async def undo_verdict(db: AsyncSession, who: User, violation_id: int) -> VerdictRead:
    """Take back the verdict that stands; the one before it stands again. Conflict `nothing_to_undo`."""
    found = await access_violation(db, who, violation_id)
    changed = await _judge(db, who, found.exam_session_id, {found.id: None})
    return VerdictRead(violation=changed.violations[0], trust=changed.score.trust, band=changed.score.band)


async def give_verdicts(
    db: AsyncSession, who: User, exam_id: int, violation_ids: Sequence[int], verdict: Verdict, *, reason: str
) -> BulkVerdictRead:
    """Dismiss, or leave unsure, several violations of one exam: all of them or none. Invalid `confirm_one_by_one`."""
    if verdict is Verdict.CONFIRMED:
        raise Invalid("confirm_one_by_one")
    return await _judge_several(db, who, exam_id, violation_ids, lambda: Draft(verdict, reason=reason, in_bulk=True))


async def undo_verdicts(db: AsyncSession, who: User, exam_id: int, violation_ids: Sequence[int]) -> BulkVerdictRead:
    """Take back the verdict that stands of each: all of them or none. Conflict `nothing_to_undo`."""
    return await _judge_several(db, who, exam_id, violation_ids, lambda: None)


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of the verdicts on one sitting."""

    violations: list[ViolationOut]
    score: ScoreRead


async def _judge_several(
    db: AsyncSession, who: User, exam_id: int, violation_ids: Sequence[int], draft: Callable[[], Draft | None]
) -> BulkVerdictRead:
    exam = await access_exam_as_staff(db, who, exam_id)
    wanted = sorted(set(violation_ids))
    rows = await db.execute(
        select(Violation.id, Violation.exam_session_id)
        .join(Violation.exam_session)
        .where(Violation.id.in_(wanted), ExamSession.exam_id == exam.id)
    )
    by_sitting: dict[int, dict[int, Draft | None]] = {}
    for violation_id, exam_session_id in rows:
        by_sitting.setdefault(exam_session_id, {})[violation_id] = draft()
    if sum(map(len, by_sitting.values())) != len(wanted):
        raise Missing
    # In the order of their ids, so that two reviewers at once never wait for each other.
    changed = [await _judge(db, who, key, by_sitting[key]) for key in sorted(by_sitting)]
    return BulkVerdictRead(
        violations=[violation for one in changed for violation in one.violations],
        exam_sessions=[one.score for one in changed],
    )


async def _judge(db: AsyncSession, who: User, exam_session_id: int, drafts: dict[int, Draft | None]) -> Changed:
    """Add rows to the histories of one sitting's violations; None takes back. Holds the exam session's row."""
    taken = await access_exam_session(db, who, exam_session_id, lock=True)
    violations, before = await violations_of_held(db, taken.id), taken.trust
    histories = await histories_of(db, list(drafts))
    given: list[GivenVerdict] = []
    for row in violations:
        if row.id in drafts:
            history = histories.get(row.id, [])
            given.append(_add(who, row, history, drafts[row.id] or _undoing(history)))
    after = rescore(db, taken, violations)
    for one in given:
        one.trust_before, one.trust_after = before, after
    db.add_all(given)
    await db.flush()
    for one in given:
        note(
            db,
            who,
            "violation.verdict" if one.verdict else "violation.verdict_undo",
            f"violation:{one.violation_id}",
            exam_session_id=taken.id,
            verdict=one.verdict,
            kind=one.kind,
            verdict_id=one.id,
        )
    chained = [item_of(Kind.VERDICT, one) for one in given]
    await note_down(db, await hold(db, taken.id), *chained, *await score_now(db, taken.id))
    shown = await tell_of_violations(db, taken, violations, drafts.keys(), "violation.updated")
    return Changed(
        shown,
        ScoreRead(exam_session_id=taken.id, trust=round(taken.trust, 2), band=band_in(taken.exam, taken.trust)),
    )


def _undoing(history: Sequence[GivenVerdict]) -> Draft:
    standing = standing_row([given_of(row) for row in history])
    if standing is None:
        raise Conflict("nothing_to_undo")
    return Draft(None, undoes=standing.id)


def _add(who: User, row: Violation, history: Sequence[GivenVerdict], draft: Draft) -> GivenVerdict:
    """The new row, and what then stands written to the violation."""
    if draft.verdict is not None:
        row.verdict, row.reviewed_kind = draft.verdict, draft.kind
    else:
        left = standing_row([given_of(one) for one in history] + [Given(0, None, draft.undoes)])
        judgement = left.judgement if left else None
        row.verdict = judgement.verdict if judgement else None
        row.reviewed_kind = judgement.kind if judgement else None
    return GivenVerdict(
        exam_session_id=row.exam_session_id,
        violation_id=row.id,
        reviewer_id=who.id,
        verdict=draft.verdict,
        kind=draft.kind,
        reason=draft.reason,
        undoes=draft.undoes,
        in_bulk=draft.in_bulk,
    )


async def histories_of(db: AsyncSession, violation_ids: Sequence[int]) -> dict[int, list[GivenVerdict]]:
    """Every row about each violation, oldest first."""
    rows = await db.scalars(
        select(GivenVerdict).where(GivenVerdict.violation_id.in_(violation_ids)).order_by(GivenVerdict.id)
    )
    found: dict[int, list[GivenVerdict]] = {}
    for row in rows:
        found.setdefault(row.violation_id, []).append(row)
    return found


async def reviewers_of(db: AsyncSession, exam_id: int) -> set[int]:
    """Everybody who has given a verdict or a decision in an exam."""
    sittings = select(ExamSession.id).where(ExamSession.exam_id == exam_id)
    found: set[int] = set()
    for model in (GivenVerdict, GivenDecision):
        query = select(model.reviewer_id).where(model.exam_session_id.in_(sittings)).distinct()
        found |= set(await db.scalars(query))
    return found


def given_of(row: GivenVerdict) -> Given:
    """A row as the rules read it."""
    if row.verdict is None:
        return Given(row.id, None, row.undoes)
    return Given(row.id, Judgement(Verdict(row.verdict), ViolationKind(row.kind) if row.kind else None))
