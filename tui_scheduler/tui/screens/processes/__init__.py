"""Processes: the list, its details, the form, and picking one."""
