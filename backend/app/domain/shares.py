"""How sure a share is that was counted: Wilson's interval. Pure."""

import math

Z_95 = 1.959964


def wilson(hits: int, total: int, z: float = Z_95) -> tuple[float, float] | None:
    """The 95 % interval of hits / total, 0..1; None where nothing was counted."""
    if total <= 0:
        return None
    share, square = hits / total, z * z
    middle = share + square / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    low, high = (middle - spread) / (1 + square / total), (middle + spread) / (1 + square / total)
    return max(0.0, low), min(1.0, high)
