"""The chain of custody (T18, T19): whole, it verifies; of a thousand random tamperings every one is found."""

import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.clock import now
from app.core.signing import Signer, Verifier
from app.core.strict_zip import add
from app.db.models import Consent, CustodyLink, Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.canonical import canonical
from app.domain.custody import LATER, Item, Kind
from app.domain.shelves import Shelf
from app.services.custody import Tail
from app.services.custody_bundle import BUNDLE, CONTENT, SEAL
from app.services.custody_items import items_of
from app.services.custody_verify import Verified, verify_bundle
from app.services.data_keys import session_key
from tests.builders import make_exam_session, make_user
from tests.custody import CONSENT, Room, whole_sitting

FLIPS, EDITS = 500, 500


async def bundle(room: Room, exam_session_id: int) -> bytes:
    """As the exam's teacher gets it."""
    answer = await room.teacher.get(f"/api/v1/exam-sessions/{exam_session_id}/bundle")
    assert answer.status_code == 200, answer.text
    return answer.content


def verified(body: bytes, room: Room, folder: Path) -> Verified:
    """What the verifier says, who has nothing but the file and the public key."""
    path = folder / "bundle.zip"
    path.write_bytes(body)
    return verify_bundle(path, Verifier(room.notary.signer.public_pem))


def unpacked(body: bytes, folder: Path) -> dict[str, bytes]:
    (folder / "whole.zip").write_bytes(body)
    with zipfile.ZipFile(folder / "whole.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], folder: Path) -> bytes:
    with zipfile.ZipFile(folder / "made.zip", "w") as archive:
        for name, content in files.items():
            add(archive, name, content)
    return (folder / "made.zip").read_bytes()


async def test_what_nobody_touched_verifies_and_nothing_is_left_out(
    room: Room, exam: Exam, taken: ExamSession, student: User, tmp_path: Path
) -> None:
    await whole_sitting(room, exam, taken, student)
    body = await bundle(room, taken.id)
    found = verified(body, room, tmp_path)
    assert found.problems == []
    kinds = {row[0] for row in json.loads(unpacked(body, tmp_path)[CONTENT])["items"]}
    expected = "messages violation evidence document file verdict decision comment note mark answers score closed"
    assert kinds == {*expected.split(), "text", "consent", "deed", "flag"}
    assert found.manifests == 2
    assert found.pieces >= 3
    # A bundle made by other keys is not ours.
    other = Verifier(Signer(tmp_path / "other", make=True).public_pem)
    assert verify_bundle(tmp_path / "bundle.zip", other).problems


async def test_a_thousand_random_tamperings_are_all_found(
    room: Room, exam: Exam, taken: ExamSession, student: User, teacher: User, tmp_path: Path
) -> None:
    await whole_sitting(room, exam, taken, student)
    body = await bundle(room, taken.id)
    async with unit_of_work(room.sessions) as db:
        other = await make_exam_session(db, exam, await make_user(db))
    foreign = await _another(room, exam, other, tmp_path)
    rng = random.Random(360)
    missed = [n for n in range(FLIPS) if not verified(flipped(body, rng), room, tmp_path).problems]
    assert missed == []
    files = unpacked(body, tmp_path)
    content, seal = json.loads(files[CONTENT]), json.loads(files[SEAL])
    for number in range(EDITS):
        changed = json.loads(json.dumps(content))
        pieces = dict(files)
        what = edit(changed, pieces, foreign, rng)
        # The server itself signs what a changed database says; only the journal it keeps outside is out of reach.
        tampered = resealed(changed, pieces, seal, room.notary.signer, tmp_path)
        assert verified(tampered, room, tmp_path).problems, (number, what)
    assert verified(resealed(content, dict(files), seal, room.notary.signer, tmp_path), room, tmp_path).problems == []


async def _another(room: Room, exam: Exam, other: ExamSession, tmp_path: Path) -> dict[str, Any]:
    """The content of another sitting's bundle."""
    async with unit_of_work(room.sessions) as db:
        row = await db.get_one(ExamSession, other.id)
        row.state, row.settled, row.unsealed = "submitted", True, True  # type: ignore[assignment]
    found: dict[str, Any] = json.loads(unpacked(await bundle(room, other.id), tmp_path)[CONTENT])
    return found


def flipped(body: bytes, rng: random.Random) -> bytes:
    """One bit is another."""
    changed = bytearray(body)
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def resealed(
    content: dict[str, Any], files: dict[str, bytes], seal: dict[str, Any], signer: Signer, folder: Path
) -> bytes:
    """The bundle as the server would make it of this content."""
    files[CONTENT] = canonical(content)
    statement = seal["statement"] | {"bundle": hashlib.sha256(files[CONTENT]).hexdigest()}
    files[SEAL] = canonical({"statement": statement, "signature": signer.sign(BUNDLE, canonical(statement))})
    return packed(files, folder)


def edit(content: dict[str, Any], files: dict[str, bytes], foreign: dict[str, Any], rng: random.Random) -> str:
    """Change rows, as somebody with the database in hands can; what was done."""
    name = rng.choice(list(EDITS_BY_NAME))
    EDITS_BY_NAME[name](content, files, foreign, rng)
    return name


def _change(value: Any, rng: random.Random) -> Any:
    """Another value of the same kind, somewhere in it."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + rng.choice([-1, 1, 0.001])
    if isinstance(value, str):
        place = rng.randrange(len(value) + 1)
        return value[:place] + rng.choice("xyz০") + value[place:]
    if isinstance(value, dict) and value:
        key = rng.choice(sorted(value))
        return value | {key: _change(value[key], rng)}
    if isinstance(value, list) and value:
        place = rng.randrange(len(value))
        return [*value[:place], _change(value[place], rng), *value[place + 1 :]]
    return [value, "more"]


def _item(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
    one = rng.choice(content["items"])
    one[2] = _change(one[2], rng)


def _removed(name: str) -> Callable[..., None]:
    def run(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
        del content[name][rng.randrange(len(content[name]))]

    return run


def _doubled(name: str) -> Callable[..., None]:
    def run(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
        content[name].insert(rng.randrange(len(content[name]) + 1), rng.choice(content[name]))

    return run


def _link(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
    link = rng.choice(content["chain"])
    place = rng.randrange(len(link))
    link[place] = _change(link[place], rng)


def _swapped(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
    first, second = rng.sample(range(len(content["chain"])), 2)
    links = content["chain"]
    links[first], links[second] = links[second], links[first]


def _renumbered(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
    _swapped(content, _, __, rng)
    for seq, link in enumerate(content["chain"], start=1):
        link[0] = seq


def _truncated(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
    """The end is gone, with every manifest and thing that would tell of it."""
    left = rng.randrange(1, len(content["chain"]))
    content["chain"] = content["chain"][:left]
    content["manifests"] = [one for one in content["manifests"] if json.loads(one[0])["count"] <= left]
    subjects = {link[2] for link in content["chain"]}
    content["items"] = [item for item in content["items"] if item[1] in subjects]


def _other_sitting(content: dict[str, Any], _: Any, foreign: dict[str, Any], rng: random.Random) -> None:
    for name in rng.sample(("chain", "manifests", "items", "key", "exam_session_id"), rng.randrange(1, 4)):
        content[name] = foreign[name]


def _moved(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
    """Two things of one kind exchange what they say."""
    first, second = rng.sample(range(len(content["items"])), 2)
    items = content["items"]
    items[first][2], items[second][2] = items[second][2], items[first][2]


def _added(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
    kind, subject, value = rng.choice(content["items"])
    content["items"].append([kind, f"{subject}0", value])


def _piece(content: dict[str, Any], files: dict[str, bytes], __: Any, rng: random.Random) -> None:
    name = rng.choice([one for one in files if one.startswith("pieces/")])
    files[name] = flipped(files[name], rng)


def _piece_gone(content: dict[str, Any], files: dict[str, bytes], __: Any, rng: random.Random) -> None:
    del files[rng.choice([one for one in files if one.startswith("pieces/")])]


def _manifest(content: dict[str, Any], _: Any, __: Any, rng: random.Random) -> None:
    manifest = rng.choice(content["manifests"])
    place = rng.randrange(2)
    manifest[place] = _change(manifest[place], rng)


EDITS_BY_NAME: dict[str, Callable[..., None]] = {
    "an item changed": _item,
    "an item removed": _removed("items"),
    "an item doubled": _doubled("items"),
    "an item added": _added,
    "items exchanged": _moved,
    "a link changed": _link,
    "a link removed": _removed("chain"),
    "a link doubled": _doubled("chain"),
    "links swapped": _swapped,
    "links swapped and numbered anew": _renumbered,
    "the end cut off": _truncated,
    "another sitting's": _other_sitting,
    "a piece changed": _piece,
    "a piece removed": _piece_gone,
    "a manifest changed": _manifest,
    "a manifest removed": _removed("manifests"),
}

UNGUARDED = "SET LOCAL session_replication_role = replica"
"""What lets a database's owner past its triggers."""
IN_THE_DATABASE = {
    "a message's words": 'UPDATE client_messages SET payload = \'{"value": "a"}\' WHERE seq = 2',
    "a message added": "INSERT INTO client_messages (exam_session_id, seq, type, payload, received_at, late) "
    "SELECT id, 7, 'event', '{}', now(), false FROM exam_sessions WHERE settled",
    "an answer": "UPDATE answers SET value = '\"a\"' WHERE client_seq = 1",
    "a mark": "UPDATE answers SET points = 4 WHERE points IS NOT NULL",
    "a confidence": "UPDATE violations SET confidence = 0.2",
    "a violation gone": "DELETE FROM violations WHERE id = (SELECT max(id) FROM violations)",
    "a picture gone": "DELETE FROM evidence WHERE id = (SELECT max(id) FROM evidence)",
    "a verdict that stands": "UPDATE violations SET verdict = NULL WHERE verdict IS NOT NULL",
    "a decision gone": "DELETE FROM decisions",
    "a better trust": "UPDATE exam_sessions SET trust = 99 WHERE settled",
    "what staff wrote": "UPDATE sitting_messages SET text = 'Leave the room.' WHERE NOT by_student",
    "that it was read": "UPDATE sitting_messages SET read_at = NULL WHERE NOT by_student",
    "a text nobody wrote": "INSERT INTO sitting_messages (exam_session_id, by_student, warning, text) "
    "SELECT id, false, true, 'Last warning' FROM exam_sessions WHERE settled",
    "words that were shown": "UPDATE consents SET shown = 'Everything is stored.'",
    "an objection": "UPDATE consents SET objection = ''",
    "a consent gone": "DELETE FROM consents",
    "a consent left out": "UPDATE exam_sessions SET consent_ids = '[]' WHERE settled",
    "why it was paused": f"{UNGUARDED}; UPDATE audit_log SET detail = '{{}}' WHERE action = 'exam_session.pause'",
    "a pause gone": f"{UNGUARDED}; DELETE FROM audit_log WHERE action = 'exam_session.pause'",
    "a flag": "UPDATE exam_sessions SET flag_reason = 'Cheated' WHERE settled",
    "another student": "UPDATE exam_sessions SET end_time = end_time + interval '1 hour' WHERE settled",
    "chain and all": "DELETE FROM custody_links WHERE seq > 5",
    "a manifest": "DELETE FROM custody_manifests WHERE number = 2",
    "chain and manifest": "DELETE FROM custody_links WHERE seq > (SELECT (statement::jsonb->>'count')::int "
    "FROM custody_manifests WHERE number = 1); DELETE FROM custody_manifests WHERE number = 2; "
    "DELETE FROM decisions; DELETE FROM verdicts; DELETE FROM student_comments; DELETE FROM staff_notes",
}


async def test_what_somebody_does_to_the_database_is_found(
    room: Room, exam: Exam, taken: ExamSession, student: User, tmp_path: Path, engine: AsyncEngine
) -> None:
    await whole_sitting(room, exam, taken, student)
    assert verified(await bundle(room, taken.id), room, tmp_path).problems == []
    for what, statements in IN_THE_DATABASE.items():
        async with engine.connect() as connection:  # never committed: each begins with the whole sitting
            transaction = await connection.begin()
            for statement in statements.split("; "):
                await connection.execute(text(statement))
            room.app.state.sessions = _within(room, connection)
            answer = await room.teacher.get(f"/api/v1/exam-sessions/{taken.id}/bundle")
            await transaction.rollback()
        room.app.state.sessions = room.sessions
        assert answer.status_code == 200, what
        assert verified(answer.content, room, tmp_path).problems, what
    assert verified(await bundle(room, taken.id), room, tmp_path).problems == []


async def test_a_sitting_stands_under_the_newest_answer_given_before_it(room: Room, exam: Exam) -> None:
    consent = f"/api/v1/exams/{exam.id}/consent"
    for version in ("first", "second"):
        assert (await room.student.post(consent, json=CONSENT | {"version": version})).status_code == 200
    begun = await room.student.post("/api/v1/proctoring/start-session", json={"exam_id": exam.id})
    async with room.sessions() as db:
        taken = await db.get_one(ExamSession, begun.json()["id"])
        under = list(await db.scalars(select(Consent.version).where(Consent.id.in_(taken.consent_ids))))
        assert under == ["second"]
        assert [item.content["shown"] for item in await items_of(db, taken.id)] == [CONSENT["shown"]]


async def test_a_chain_from_before_texts_and_consents_is_taken_to_stand_for_them(
    room: Room, exam: Exam, taken: ExamSession, student: User, tmp_path: Path, engine: AsyncEngine
) -> None:
    await whole_sitting(room, exam, taken, student)
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM custody_links"))
        await connection.execute(text("DELETE FROM custody_manifests"))
    room.notary.journal.path.unlink()
    async with unit_of_work(room.sessions) as db:
        old = [item for item in await items_of(db, taken.id) if item.kind not in LATER]
        tail, at = Tail(taken.id, await session_key(db, taken.id, Shelf.RECORD)), now()
        links = tail.links([Item(Kind.OPENED, "opened", {"exam_session_id": taken.id}), *old], at)
        for link in links:
            digest, mark = bytes.fromhex(link.digest), bytes.fromhex(link.hash)
            row = CustodyLink(exam_session_id=taken.id, seq=link.seq, kind=link.kind, subject=link.subject, at=at)
            row.digest, row.hash = digest, mark
            db.add(row)
    for _ in range(2):
        body = await bundle(room, taken.id)
        assert verified(body, room, tmp_path).problems == []
        items = json.loads(unpacked(body, tmp_path)[CONTENT])["items"]
        assert {"text", "consent", "deed", "flag"} <= {item[0] for item in items}
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE sitting_messages SET text = 'Leave.' WHERE NOT by_student"))
    assert verified(await bundle(room, taken.id), room, tmp_path).problems


def _within(room: Room, connection: Any) -> Sessions:
    """Database sessions that see what was not committed, and commit nothing."""
    return Sessions(
        connection, expire_on_commit=False, info=room.sessions.kw["info"], join_transaction_mode="create_savepoint"
    )


@pytest.mark.parametrize(
    "table", ["audit_log", "custody_links", "custody_manifests", "verdicts", "decisions", "staff_notes"]
)
@pytest.mark.parametrize("deed", ["UPDATE {} SET created_at = now()", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_the_servers_own_account_cannot_change_what_is_only_added(
    server_engine: AsyncEngine, table: str, deed: str
) -> None:
    wanted = deed.format(table).replace(
        "created_at = now()", "seq = 1" if table == "custody_links" else "created_at = now()"
    )
    async with server_engine.connect() as connection:
        with pytest.raises(ProgrammingError, match="permission denied"):
            await connection.execute(text(wanted))


async def test_the_servers_own_account_cannot_change_the_schema(server_engine: AsyncEngine) -> None:
    for statement in (
        "CREATE TABLE mine (id int)",
        "DROP TABLE audit_log",
        "UPDATE alembic_version SET version_num = '1'",
    ):
        async with server_engine.connect() as connection:
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                await connection.execute(text(statement))
