"""Deliberately broken variants of the product: each must turn its proof red, or the proof proves nothing.

`python -m chaos.mutants` copies the product to a temporary folder, breaks one thing there, and runs what should notice.
A mutant is texts to be replaced; where the code has moved on and a text is not there exactly once, the run says so.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("backend/app", "backend/chaos", "backend/tests", "backend/tools", "backend/migrations", "locales")
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Edit:
    """In `file` (below backend/) the text `old`, which stands there once, becomes `new`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """`proof`: arguments of `python -m` that must fail once the edits are made."""

    id: str
    what: str
    edits: tuple[Edit, ...]
    proof: tuple[str, ...]


def pytest(*what: str) -> tuple[str, ...]:
    """A proof by tests."""
    return ("pytest", "-q", "-x", "-p", "no:cacheprovider", *what)


STORED = "insert(ClientMessage)"
DELETE = "            await store.delete(name)\n        except"
MUTANTS = (
    Mutant(
        "M1",
        "acknowledges before the commit",
        (
            Edit(
                "app/websockets/student.py",
                "                upto = await self._live.hear(batch)\n",
                "                self._outbox.send(Ack(upto=batch[-1].seq))\n"
                "                upto = await self._live.hear(batch)\n",
            ),
        ),
        pytest("tests/websockets/test_student_storing.py::test_no_acknowledgement_leaves_before_the_commit"),
    ),
    Mutant(
        "M2",
        "commits without waiting for the disk",
        (
            Edit("app/db/session.py", '"synchronous_commit": "on"', '"synchronous_commit": "off"'),
            Edit("app/db/embedded.py", '"synchronous_commit": "on"', '"synchronous_commit": "off"'),
        ),
        ("chaos", "--only", "F04", "--students", "6", "--seed", "2"),
    ),
    Mutant(
        "M3",
        "takes the same number twice",
        (
            Edit(
                "migrations/versions/0001_first_tables.py",
                '        sa.PrimaryKeyConstraint("exam_session_id", "seq", name=op.f("pk_client_messages")),\n',
                "",
            ),
            Edit(
                "app/services/client_messages.py",
                "statement.on_conflict_do_nothing().returning(",
                "statement.returning(",
            ),
            Edit(
                "app/services/client_messages.py",
                "select(rows)).on_conflict_do_nothing()",
                "select(rows))",
            ),
            Edit("app/services/kept_sitting.py", "if message.seq > self.last_seq]", "]"),
            Edit("app/websockets/intake.py", "if message.seq < self.next or message.seq in self._ahead:", "if False:"),
        ),
        pytest("tests/faults/test_wire.py"),
    ),
    Mutant(
        "M4",
        "the client's outbox drops its last message when the line breaks",
        (
            Edit(
                "app/commands/student_client.py",
                "        self._socket = None\n        self.connected.clear()\n",
                "        self._socket = None\n        self.connected.clear()\n"
                "        if self._unacked:\n            self._unacked.pop(max(self._unacked))\n",
            ),
        ),
        pytest("tests/faults/test_chaos.py", "-k", "resets"),
    ),
    Mutant(
        "M5",
        "the answer that arrives last wins",
        (
            Edit("app/services/answers.py", "        where=Answer.client_seq < new.client_seq,\n", ""),
            Edit(
                "app/services/answers.py",
                "max(newest.get(one.question_id, one), one, key=lambda answer: answer.client_seq)",
                "one",
            ),
        ),
        pytest("tests/websockets/test_answers.py::test_the_highest_count_wins_whatever_comes_last"),
    ),
    Mutant(
        "M6",
        "a picture's row without its bytes",
        (Edit("app/services/sealed_pieces.py", "    await store.put(path, sealed)\n", "    pass\n"),),
        pytest("tests/websockets/test_student_frames.py", "tests/services/test_evidence_sweep.py"),
    ),
    Mutant(
        "M7",
        "who came in once is not asked again",
        (
            Edit(
                "app/websockets/rights.py",
                "                gone = await tickets.gone(db, guests)\n",
                "                await tickets.gone(db, guests)\n",
            ),
        ),
        pytest("tests/websockets/test_student_door.py::test_a_disabled_account_is_closed_within_seconds"),
    ),
    Mutant(
        "M8",
        "deadlines by a clock that can be set",
        (Edit("app/core/clock.py", "    return _anchor.now()\n", "    return datetime.now(UTC)\n"),),
        pytest("tests/core/test_clock.py"),
    ),
    Mutant(
        "M9",
        "a failed commit counts as done",
        (
            Edit(
                "app/services/ledger.py",
                "                    if not is_passing(error):\n                        raise\n",
                "                    return\n",
            ),
        ),
        pytest("tests/faults/test_database_dies.py", "-k", "storm"),
    ),
    Mutant(
        "M10",
        "a queue without an end",
        (Edit("app/websockets/hub.py", "if len(self._messages) >= self._length:", "if False:"),),
        pytest("tests/websockets/test_teacher_socket.py"),
    ),
    Mutant(
        "M11",
        "the audit log is written outside the deed's transaction",
        (Edit("app/services/audit.py", "    db.add(entry)\n", '    db.info.setdefault("later", []).append(entry)\n'),),
        pytest("tests/services/test_audit.py"),
    ),
    Mutant(
        "M12",
        "erasing forgets the bytes",
        (Edit("app/services/evidence_sweep.py", DELETE, "            pass\n        except"),),
        pytest("tests/services/test_evidence_sweep.py"),
    ),
)

MACHINE = pytest("tests/websockets/test_sitting_machine.py")
BROKEN_RULES = (
    Mutant(
        "S1",
        "an answer made after the end counts",
        (Edit("app/services/late_messages.py", " or in_time(message.client_time, end, offset):", " or True:"),),
        MACHINE,
    ),
    Mutant(
        "S2",
        "lost time is given back twice",
        (
            Edit(
                "app/services/outages.py",
                "taken.ends_at += timedelta(seconds=more)",
                "taken.ends_at += timedelta(seconds=2 * more)",
            ),
        ),
        MACHINE,
    ),
    Mutant(
        "S3",
        "more time is given back than the exam allows",
        (Edit("app/services/outages.py", " - (taken.credited_seconds - outage.credited_seconds)", ""),),
        MACHINE,
    ),
    Mutant(
        "S4",
        "a sitting begins without admission",
        (Edit("app/services/beginning.py", "    if not may_go_in(taken,", "    if False and not may_go_in(taken,"),),
        MACHINE,
    ),
    Mutant(
        "S5",
        "a sitting begins without consent",
        (Edit("app/services/beginning.py", "    if taken.held and consent is None", "    if False"),),
        MACHINE,
    ),
    Mutant(
        "S6",
        "a pause is taken from the student's time",
        (Edit("app/services/exam_sessions.py", "    taken.ends_at += now() - taken.paused_at\n", ""),),
        MACHINE,
    ),
    Mutant(
        "S7",
        "any state may follow any other",
        (Edit("app/domain/exam_sessions.py", "    if to not in TRANSITIONS[now]:", "    if False:"),),
        MACHINE,
    ),
)
"""Rules of a sitting's life, each broken: the machine that tries deeds in any order must find every one."""


class NotThere(Exception):
    """The text of an edit is not in its file exactly once: the mutant must follow the code."""


def apply(mutant: Mutant, backend: Path) -> None:
    """Make a mutant's edits. Raises NotThere."""
    for edit in mutant.edits:
        path = backend / edit.file
        text = path.read_text()
        if text.count(edit.old) != 1:
            raise NotThere(f"{mutant.id}: {edit.file} holds its text {text.count(edit.old)} times")
        path.write_text(text.replace(edit.old, edit.new))


def copied(folder: Path) -> Path:
    """The product in `folder`; its backend."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("backend/pyproject.toml", "backend/alembic.ini"):
        shutil.copy(ROOT / name, folder / name)
    return folder / "backend"


def proof_is_green(mutant: Mutant, backend: Path) -> bool:
    """Whether the proof passes although the product is broken."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", *mutant.proof],
        cwd=backend,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "MACHINE_EXAMPLES": "40"},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode == 0


def main() -> int:
    """The exit status: 1 when a mutant was not noticed."""
    wanted = set(sys.argv[1:])
    survived: list[str] = []
    for mutant in (*MUTANTS, *BROKEN_RULES):
        if wanted and mutant.id not in wanted:
            continue
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            backend = copied(Path(folder))
            apply(mutant, backend)
            green = proof_is_green(mutant, backend)
        if green:
            survived.append(mutant.id)
        word = "NOT NOTICED" if green else "noticed"
        sys.stdout.write(f"{mutant.id:<4} {mutant.what:<60} {word} ({time.monotonic() - begun:.0f} s)\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(survived)} mutants survived{': ' if survived else ''}{', '.join(survived)}\n")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
