"""Demonstration data: courses, exams in every state, and sittings, made by the product's own code and removable."""
