"""How commands print what they know: tables and fields for people, records for JSON."""
