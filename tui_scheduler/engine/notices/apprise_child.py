"""A process that sends one message through Apprise: ``python -m``, JSON on its standard input.

It exists so that the scheduler never loads the library, and can end what it waits for. The last
line that it prints is why it failed; nothing of the address is ever in it.
"""

import json
import logging
import os
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any


def main() -> int:
    """Send what is asked; returns 1 if it was not sent."""
    asked = json.load(sys.stdin)
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),  # libraries print, and addresses too
        redirect_stderr(nowhere),
    ):
        try:
            problem = _send(asked)
        except Exception as error:  # its text may hold anything
            problem = f"Apprise failed with {type(error).__name__}"
    sys.stdout.write(problem)
    return 1 if problem else 0


def _send(asked: dict[str, Any]) -> str:
    """Returns why it was not sent, or nothing."""
    import apprise  # slow, and the time to send begins after it

    logging.disable()  # it would print addresses
    signal.alarm(max(round(asked["seconds"]), 1))
    sender = apprise.Apprise()
    if not sender.add(asked["address"]):
        return "Apprise does not understand the address"
    kind = apprise.NotifyType.SUCCESS if asked["is_success"] else apprise.NotifyType.FAILURE
    if not sender.notify(body=asked["text"], title=asked["title"], notify_type=kind):
        return "Apprise could not send it: is the address right, its server reachable?"
    return ""


if __name__ == "__main__":
    sys.exit(main())
