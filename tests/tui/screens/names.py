"""Names that try to be markup or to command the terminal."""

HOSTILE = "[/etc] [/ [@click=app.quit]x[/ [bold]\x1b[31m\x00\u202e"
HARMLESS = "[/etc] [/ [@click=app.quit]x[/ [bold]␛[31m␀\ufffd"
