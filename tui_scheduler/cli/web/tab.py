"""The process behind one page, from its beginning to its certain end."""

import asyncio
from contextlib import suppress

from textual_serve.app_service import AppService

_PATIENCE = 10.0  # seconds
_CHUNK = 65536


class Tab(AppService):
    """Runs the command of a page as textual-serve does, and leaves nothing of it."""

    async def run(self) -> None:
        """Pass on what it draws; then the page is told that it has ended, however it did."""
        try:
            with suppress(ConnectionError):  # the page is gone
                await super().run()
        finally:
            await self.remote_close()

    async def stop(self) -> None:
        """Have it end, by force if it takes too long; returns when it is gone."""
        if self._process is None:
            return
        ending = asyncio.create_task(self._end(self._process))
        try:
            await asyncio.wait({ending}, timeout=_PATIENCE)
        finally:
            if self._process.returncode is None:
                self._process.kill()
            await ending

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """Ask it, and read what it still says: it would wait for that for ever."""
        try:
            await super().stop()
        finally:  # whatever the page could not be told
            await asyncio.gather(_read_all(process.stdout), _read_all(process.stderr))
            await process.wait()


async def _read_all(stream: asyncio.StreamReader | None) -> None:
    while stream is not None and await stream.read(_CHUNK):
        pass
