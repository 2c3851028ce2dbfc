"""Dialogs: questions, progress, picking one of many, help."""
