"""The logins of a demo server."""

from dataclasses import dataclass

from app.domain.roles import Role


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A login everybody knows. It opens from this machine alone, and only outside production."""

    email: str
    password: str
    full_name: str
    role: Role


DEMO_ACCOUNTS = (
    DemoAccount("admin@example.com", "admin123", "Demo Admin", Role.ADMIN),
    DemoAccount("teacher@example.com", "teacher123", "Demo Teacher", Role.TEACHER),
    DemoAccount("student@example.com", "student123", "Demo Student", Role.STUDENT),
)
