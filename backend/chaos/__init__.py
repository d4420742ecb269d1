"""Breaks a running server on purpose and checks that nothing acknowledged was lost: `python -m chaos`."""
