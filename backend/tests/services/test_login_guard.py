"""T23: guessing is slowed down, nobody is locked out."""

import contextlib

import pytest

from app.core.config import Settings
from app.core.errors import TooMany, Unauthenticated
from app.services import login_guard
from app.services.login_guard import LoginGuard
from tests.fakes import Clock

VICTIM = "victim@example.org"


@pytest.fixture
def clock() -> Clock:
    """The guard's time."""
    return Clock()


@pytest.fixture
def guard(settings: Settings, clock: Clock) -> LoginGuard:
    """A guard as in production."""
    settings.LOGIN_FREE_FAILURES = 5
    return LoginGuard(settings, clock=clock)


def fail(guard: LoginGuard, peer: str = "203.0.113.9", email: str = VICTIM) -> int:
    """A wrong login; the seconds one has to wait instead, or 0."""
    try:
        with guard.attempt(email=email, peer=peer):
            raise Unauthenticated("login_failed")
    except TooMany as refused:
        return int(refused.params["seconds"])
    except Unauthenticated:
        return 0


def test_waits_begin_after_five_failures_and_grow_to_a_minute(guard: LoginGuard, clock: Clock) -> None:
    assert [fail(guard) for _ in range(5)] == [0] * 5
    waits = []
    for _ in range(8):
        waits.append(fail(guard))
        clock.at += waits[-1]
        assert fail(guard) == 0
    assert waits == [3, 5, 9, 17, 33, 61, 61, 61]


def test_a_victim_logs_in_from_elsewhere_at_once(guard: LoginGuard) -> None:
    for _ in range(100):
        fail(guard)
    with guard.attempt(email=VICTIM, peer="198.51.100.4"):
        pass
    assert fail(guard, email="neighbour@example.org") == 0


def test_a_good_login_forgets_the_bad_ones(guard: LoginGuard) -> None:
    for _ in range(4):
        fail(guard)
    with guard.attempt(email=VICTIM, peer="203.0.113.9"):
        pass
    assert [fail(guard) for _ in range(5)] == [0] * 5


def test_an_hour_forgets_too(guard: LoginGuard, clock: Clock) -> None:
    for _ in range(5):
        fail(guard)
    clock.at += 3601
    assert fail(guard) == 0


def test_one_subscriber_of_ipv6_is_one_network(guard: LoginGuard) -> None:
    for number in range(5):
        fail(guard, peer=f"2001:db8::{number}")
    assert fail(guard, peer="2001:db8::ffff") > 0
    assert fail(guard, peer="2001:db8:0:1::1") == 0


def test_guesses_sent_at_once_are_counted_too(guard: LoginGuard) -> None:
    with contextlib.ExitStack() as at_once:
        for _ in range(5):
            at_once.enter_context(guard.attempt(email=VICTIM, peer="203.0.113.9"))
        assert fail(guard) > 0


def test_what_is_no_wrong_password_is_not_counted(guard: LoginGuard) -> None:
    for _ in range(10):
        with contextlib.suppress(ConnectionError), guard.attempt(email=VICTIM, peer="203.0.113.9"):
            raise ConnectionError
    assert fail(guard) == 0


def test_memory_has_a_limit(guard: LoginGuard) -> None:
    for number in range(login_guard.MOST_REMEMBERED + 50):
        fail(guard, email=f"{number}@example.org")
    assert len(guard._failures) == login_guard.MOST_REMEMBERED
