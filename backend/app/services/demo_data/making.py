"""Makes all of the demonstration, step by step; each step is a transaction of its own and says that it is done."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

from app.core.clock import now
from app.db.models import Exam
from app.db.session import unit_of_work
from app.services.demo_data.content import content, story_of
from app.services.demo_data.exams import People, make_exam, make_people
from app.services.demo_data.judging import judge, mark_all, nothing_is_new, object_to, release_results
from app.services.demo_data.sittings import Place, Plan, make_sitting, make_waiting

LATE = 40.0
"""Seconds between two students' beginnings."""
HANDED_IN = 2
WAITING = 2
"""Of the exam that runs: how many have handed in already, and how many wait at the door."""


def steps_to_make() -> int:
    """How many steps `make_all` takes."""
    exams = content()["exams"]
    sittings: int = sum(told.get("sat", 0) + told.get("running", 0) for told in exams)
    return 1 + len(exams) + sittings


async def make_all(where: Place) -> AsyncIterator[None]:
    """One item for each step that is done."""
    async with unit_of_work(where.sessions) as db:
        people = await make_people(db)
    yield
    for told in content()["exams"]:
        async with unit_of_work(where.sessions) as db:
            exam = await make_exam(db, people, told)
        yield
        sitting = _sat_in if told.get("sat") else _running_in
        async for _ in sitting(where, people, exam, told):
            yield


async def _sat_in(where: Place, people: People, exam: Exam, told: Mapping[str, Any]) -> AsyncIterator[None]:
    """An exam of the past; `decided` of its sittings have been looked at."""
    for place in range(told["sat"]):
        seconds = 60.0 * told["minutes"] * (0.7 + 0.03 * (place % 8))
        plan = _plan(people, exam, told, place, seconds=seconds)
        made = await make_sitting(where, plan)
        async with unit_of_work(where.sessions) as db:
            await object_to(db, made, plan.story.comment)
            if place < told["decided"]:
                await judge(db, people.teacher_id, made)
        yield
    async with unit_of_work(where.sessions) as db:
        if told.get("released"):
            await mark_all(db, people.teacher_id, exam.id, content()["questions"][told["questions"]])
            await release_results(db, people.teacher_id, exam.id)
        await nothing_is_new(db, exam.id)


async def _running_in(where: Place, people: People, exam: Exam, told: Mapping[str, Any]) -> AsyncIterator[None]:
    """An exam that is sat now: some have handed in, some have lost the line, the last wait at the door."""
    count = told.get("running", 0)
    for place in range(count):
        seconds = (now() - exam.start_time).total_seconds() - place * LATE
        if place >= count - WAITING:
            plan = _plan(people, exam, told, place, seconds=seconds, goes_on=True)
            async with unit_of_work(where.sessions) as db:
                await make_waiting(db, plan, words=content()["help"][place % len(content()["help"])])
        else:
            goes_on = place >= HANDED_IN
            await make_sitting(where, _plan(people, exam, told, place, seconds=seconds - 30, goes_on=goes_on))
        yield


def _plan(
    people: People, exam: Exam, told: Mapping[str, Any], place: int, *, seconds: float, goes_on: bool = False
) -> Plan:
    return Plan(
        exam_id=exam.id,
        student_id=people.student_ids[place],
        place=place,
        begins=exam.start_time + timedelta(seconds=place * LATE),
        story=story_of(place, seconds),
        questions=content()["questions"][told["questions"]],
        goes_on=goes_on,
    )
