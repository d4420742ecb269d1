"""Whether a mouth moves: how far the lips part, from look to look."""

import numpy as np

from app.ai.face_search import Recall
from app.ai.landmarks import Mesh

WINDOW = 10.0
"""Seconds that are looked back on."""
APART = 0.4
"""Seconds between two looks at least, so that fast and slow cameras say the same."""
LOOKS = 7
"""Fewer looks say nothing."""
MOVES, STILL = 0.036, 0.016
"""Median change of the lips' distance (in mouth widths) from look to look: above, a mouth speaks; below, it rests.

Measured: people who do not speak 0.002 to 0.015 (0.021 the most), a man who sings 0.029 to 0.071 (half of the time over
0.048). Laughing mouths in small photographs that were enlarged tremble by 0.02 to 0.05, seldom over 0.036. One yawn or
smile is one change, which a median does not see.
"""


def parted(mesh: Mesh) -> float:
    """Distance of the lips' inner edges over the mouth's width."""
    points = mesh.points[:, :2]
    return float(np.hypot(*(points[13] - points[14])) / max(float(np.hypot(*(points[78] - points[308]))), 1e-6))


def movement(value: float, at: float, recall: Recall) -> float | None:
    """Median change over the last seconds, this look included; None while there are too few looks."""
    kept = recall.get("looks")
    looks = list(kept) if isinstance(kept, list) and len(kept) % 2 == 0 else []
    looks = [n for i in range(0, len(looks), 2) if 0 <= at - looks[i] <= WINDOW for n in looks[i : i + 2]]
    if not looks or at - looks[-2] >= APART:
        looks += [round(at, 2), round(value, 4)]
        recall["looks"] = looks
    if len(looks) < 2 * LOOKS:
        return None
    return float(np.median(np.abs(np.diff(looks[1::2]))))
