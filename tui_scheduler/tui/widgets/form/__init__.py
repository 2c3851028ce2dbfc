"""The fields of a form and their controls."""
