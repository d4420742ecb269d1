"""One detector per file; registry.py lists them."""
