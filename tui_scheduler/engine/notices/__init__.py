"""Sending what somebody is to be told, by whoever schedules, off the event loop."""
