"""What an exam's settings mean beyond being stored: its password, its networks, its lockdown."""

import ipaddress
from typing import Any

from app.core.errors import Forbidden, Invalid
from app.core.security import hash_password, verify_password
from app.db.models import Exam
from app.domain.exams import LOCKDOWN
from app.domain.minors import SWITCHED_OFF, UNSCORED, disabled_for_minors

MAY_BE_NULL = frozenset({"passing_score", "exam_password", "max_tab_switches"})


async def settings_of(wanted: dict[str, Any]) -> dict[str, Any]:
    """Fields as they were sent → columns: the password hashed, `browser_lockdown` with the four it stands for.

    Invalid `null_not_allowed`.
    """
    if any(value is None and name not in MAY_BE_NULL for name, value in wanted.items()):
        raise Invalid("null_not_allowed")
    columns = dict(wanted)
    if "exam_password" in columns:
        password = columns.pop("exam_password")
        columns["exam_password_hash"] = await hash_password(password) if password else None
    return columns


def lock_down(exam: Exam, columns: dict[str, Any]) -> None:
    """Switching the lockdown on switches its four parts on, switching it off takes those back that were not named."""
    if exam.browser_lockdown:
        for name in LOCKDOWN:
            setattr(exam, name, True)
    elif columns.get("browser_lockdown") is False and columns.keys().isdisjoint(LOCKDOWN):
        for name in LOCKDOWN:
            setattr(exam, name, False)


def protect_minors(exam: Exam, columns: dict[str, Any], *, always: bool) -> None:
    """Where children sit (`always`: the institution says so of every exam), what must not be is switched off."""
    exam.minors = exam.minors or always
    if exam.minors:
        for name in SWITCHED_OFF:
            setattr(exam, name, False)
        exam.disabled_kinds, exam.weights = disabled_for_minors(exam.disabled_kinds), dict(UNSCORED)
        exam.show_trust = False
    elif columns.get("minors") is False and exam.weights == UNSCORED:
        exam.weights = {}


async def check_password(exam: Exam, password: str | None) -> None:
    """Forbidden `exam_password_required` or `exam_password_wrong` unless it is the exam's, or the exam has none."""
    if exam.exam_password_hash is None:
        return
    if not password:
        raise Forbidden("exam_password_required")
    fits, _better = await verify_password(password, exam.exam_password_hash)
    if not fits:
        raise Forbidden("exam_password_wrong")


def check_address(exam: Exam, address: str) -> None:
    """Forbidden `address_not_allowed` where the exam names networks and this address is in none of them."""
    if exam.ip_restrictions and not _within(address, exam.ip_restrictions):
        raise Forbidden("address_not_allowed")


def _within(address: str, networks: list[str]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    # A socket that listens on both families shows IPv4 peers as mapped addresses.
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in ipaddress.ip_network(network) for network in networks)
