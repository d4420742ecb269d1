"""Whether every stored trust score is what the stored violations and verdicts give (T31, I6)."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.reviews import Judgement, Verdict
from app.domain.trust import Episode, trust_score
from app.domain.violations import RULES, ViolationKind

TOLERANCE = 1e-9
AT_ONCE = 500
QUERY = text(
    """
    SELECT s.id, s.trust, e.weights, v.kind, v.confidence, v.seconds, v.count, v.verdict, v.reviewed_kind
    FROM (SELECT * FROM exam_sessions WHERE id > :last ORDER BY id LIMIT :limit) AS s
    JOIN exams AS e ON e.id = s.exam_id
    LEFT JOIN violations AS v ON v.exam_session_id = s.id
    ORDER BY s.id
    """
)


async def unexplained_scores(connection: AsyncConnection) -> tuple[int, list[int]]:
    """How many exam sessions there are, and the ids of those whose score is not the computed one."""
    last, checked, wrong = 0, 0, list[int]()
    while True:
        rows = (await connection.execute(QUERY, {"last": last, "limit": AT_ONCE})).mappings().all()
        if not rows:
            return checked, wrong
        for key, group in groupby(rows, key=lambda row: row["id"]):
            noted = list(group)
            checked, last = checked + 1, key
            if abs(noted[0]["trust"] - _computed(noted[0]["weights"], noted)) > TOLERANCE:
                wrong.append(key)


def _computed(weights: Mapping[str, float], rows: Iterable[RowMapping]) -> float:
    episodes = [_episode(row) for row in rows if row["kind"] is not None]
    return trust_score(episodes, {kind: weights.get(kind, rule.weight) for kind, rule in RULES.items()})


def _episode(row: RowMapping) -> Episode:
    kind = ViolationKind(row["reviewed_kind"]) if row["reviewed_kind"] else None
    judgement = Judgement(Verdict(row["verdict"]), kind) if row["verdict"] else None
    return Episode(ViolationKind(row["kind"]), row["confidence"], row["seconds"], row["count"], judgement)
