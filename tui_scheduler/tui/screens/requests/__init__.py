"""Requests: the list, its details, and the form."""
