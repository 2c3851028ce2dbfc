"""One file a screen or dialog, its style sheet beside it."""
