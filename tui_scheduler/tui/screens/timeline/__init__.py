"""The timeline: what ran and what is to come, a lane a request."""
