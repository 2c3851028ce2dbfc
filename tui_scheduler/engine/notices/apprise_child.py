"""A process that sends one message through Apprise: ``python -m``, JSON on its standard input.

It exists so that the scheduler never loads the library, and can end what it waits for. The last
line that it prints is why it failed; nothing of the address is ever in it.
"""

import json
import logging
import signal
import sys


def main() -> int:
    """Send what is asked; returns 1 if it was not sent."""
    asked = json.load(sys.stdin)
    import apprise  # slow, and the time to send begins after it

    logging.disable()  # it would print addresses
    signal.alarm(max(round(asked["seconds"]), 1))
    sender = apprise.Apprise()
    if not sender.add(asked["address"]):
        return _refused("Apprise does not understand the address")
    kind = apprise.NotifyType.SUCCESS if asked["is_success"] else apprise.NotifyType.FAILURE
    if not sender.notify(body=asked["text"], title=asked["title"], notify_type=kind):
        return _refused("Apprise could not send it: is the address right, its server reachable?")
    return 0


def _refused(why: str) -> int:
    sys.stdout.write(f"{why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
