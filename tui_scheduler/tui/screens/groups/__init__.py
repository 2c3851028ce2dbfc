"""Groups: the list, its details, and the form."""
