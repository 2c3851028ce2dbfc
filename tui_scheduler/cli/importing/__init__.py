"""The commands that take over what another scheduler runs."""
