"""Reusable widgets, which know nothing of the application they are used in."""
