"""How often the garbage collector looks through everything: seldom in a server with a thousand students in memory."""

import gc

THRESHOLDS = (20_000, 25, 100)
"""Allocations before the youngest are looked through, and how many such looks go before one at the older ones. With
Python's own (700, 10, 10) a full hall takes much of the processor, in pauses of a second in which nobody is heard."""


def hold() -> None:
    """Until `release` or `settle`: what is made while a program loads stays, and looking through it is in vain."""
    gc.disable()


def release() -> None:
    """Everything is loaded; as Python does it by itself, for a command that is soon over."""
    gc.enable()


def settle() -> None:
    """What is there when serving begins stays to the end: never look through it again, and seldom through the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
