"""How a child tells the test that it has come so far, without anybody looking at a clock."""

import asyncio
import os
from pathlib import Path

from tests.support.patience import PATIENCE


class Beacon:
    """A pipe with a name; a command that contains ``lit`` lights it."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.lit = f"echo > {path}; "
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._seen = 0

    async def seen(self, times: int = 1) -> None:
        """Wait until it was lit ``times`` times since this was called last."""
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._descriptor, readable.set)
        try:
            async with asyncio.timeout(PATIENCE):
                while self._seen < times:
                    await readable.wait()
                    readable.clear()
                    self._seen += self._read()
        finally:
            loop.remove_reader(self._descriptor)
        self._seen -= times

    def close(self) -> None:
        os.close(self._descriptor)

    def _read(self) -> int:
        try:
            return len(os.read(self._descriptor, 4096))
        except BlockingIOError:
            return 0
