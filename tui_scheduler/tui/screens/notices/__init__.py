"""Who was told of what, or could not be."""
