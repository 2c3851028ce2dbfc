"""Everything that a person defined, as one file that can be read, compared and applied again."""
