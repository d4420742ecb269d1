"""The rules of proctoring as plain functions: no I/O, the time is an argument."""
