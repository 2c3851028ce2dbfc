"""Commands that move the plan of a request, or say what it would do."""
