"""Whether the time a refused login takes tells what kind of account it was for (T24, D13): medians of one run.

python tools/login_times.py [--rounds 300] [--seed 7]

It ends with status 1 where a kind's median is more than 15 % away from that of a wrong password.
"""

import argparse
import http.client
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.server_child import ADMIN, ServerChild

BAR = 0.15
WARM = 10
"""Rounds that do not count."""
PASSWORD = "mango lantern 77"  # noqa: S105 - of accounts that live as long as the run
DEMO = ("teacher@example.com", "teacher123")
REFUSED = 401


class Door:
    """The login of one server, over one connection."""

    def __init__(self, server: ServerChild) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self._token = ""

    def ask(self, path: str, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and answer."""
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"} | headers
        self._connection.request("POST", f"/api/v1{path}", json.dumps(body), sent)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def sign_in(self) -> None:
        """As the administrator, for what comes next."""
        email, password = ADMIN
        self._token = self.ask("/auth/login", {"email": email, "password": password})[1]["access_token"]

    def seconds(self, email: str, password: str, network: int) -> float:
        """How long a refusal took, asked through a proxy from a network of its own."""
        headers = {"X-Forwarded-For": f"10.{network // 250 % 250}.{network % 250}.9", "Authorization": ""}
        began = time.perf_counter()
        status, answer = self.ask("/auth/login", {"email": email, "password": password}, **headers)
        took = time.perf_counter() - began
        if (status, answer["code"]) != (REFUSED, "login_failed"):
            raise RuntimeError(f"{email}: {status} {answer}")
        return took


def kinds(door: Door) -> dict[str, Callable[[int], tuple[str, str]]]:
    """What is tried, by name; each gives an address and a password for a round."""
    for name, active in (("known", True), ("closed", False)):
        account = {"email": f"{name}@example.org", "full_name": name, "password": PASSWORD, "is_active": active}
        status, answer = door.ask("/users/", account | {"must_change_password": False})
        if status >= REFUSED:
            raise RuntimeError(str(answer))
    return {
        "wrong password": lambda _: ("known@example.org", "not this one"),
        "no such account": lambda number: (f"nobody{number}@example.org", "not this one"),
        "closed account, right password": lambda _: ("closed@example.org", PASSWORD),
        "demo account, wrong password": lambda _: (DEMO[0], "not this one"),
        "demo account from elsewhere, right password": lambda _: DEMO,
    }


def measured(rounds: int, seed: int) -> dict[str, list[float]]:
    """Seconds of each refusal, by kind."""
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    with tempfile.TemporaryDirectory() as folder, ServerChild(Path(folder) / "var") as server:
        door = Door(server)
        door.sign_in()
        tried = kinds(door)
        found: dict[str, list[float]] = {name: [] for name in tried}
        network = 0
        for number in range(rounds + WARM):
            for name in chance.sample(list(tried), len(tried)):
                network += 1
                took = door.seconds(*tried[name](number), network)
                if number >= WARM:
                    found[name].append(took)
        return found


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    wanted = parser.parse_args()
    before = os.getloadavg()[0]
    found = measured(wanted.rounds, wanted.seed)
    middle = statistics.median(next(iter(found.values())))
    held = True
    print(f"{wanted.rounds} of each, seed {wanted.seed}; load average {before:.1f} → {os.getloadavg()[0]:.1f}")
    for name, taken in found.items():
        ratio = statistics.median(taken) / middle
        held = held and abs(ratio - 1) <= BAR
        quarters = statistics.quantiles(taken, n=4)
        print(
            f"{name:45} {statistics.median(taken) * 1000:6.1f} ms (quartiles {quarters[0] * 1000:.1f} to "
            f"{quarters[2] * 1000:.1f}), {ratio:.3f} of a wrong password's"
        )
    print("held" if held else "MISSED", f"(bar: {BAR:.0%})")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
