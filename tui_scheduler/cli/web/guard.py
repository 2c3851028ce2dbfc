"""Who may see the pages: whoever was given their address, in pages that came from there.

Other users of the machine reach its ports, and any page that a browser shows can have it ask them,
with all cookies that it has for them. So each request must bring the secret of the address, and
name us as its host and as its origin. The name is one of this machine, and the port is not looked
at by itself, as it is another one at the far end of ``ssh -L``; but a page of another port is of
another origin, and a name that others let lead to this machine is none of ours.
"""

import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Middleware

_BYTES = 16  # 128 bits
_COOKIE = "tui-scheduler"
_KEY = "key"
_OUR_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE | re.ASCII)
_NOT_HERE = "This page opens at the address that tui-scheduler web has printed. Paste all of it.\n"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self';"
    " style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",  # the terminal makes style sheets as it goes
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Access:
    """The path beneath which all pages lie, and the secret that opens them.

    The path is not to be guessed either: browsers send the cookies of a host to all its ports, so
    others would be given one for a path that they have, too.
    """

    path: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls) -> "Access":
        """Returns one that nobody else knows."""
        return cls(f"/{secrets.token_urlsafe(_BYTES)}/", secrets.token_urlsafe(_BYTES))

    def address(self, host: str) -> str:
        """Returns where the page is to be opened, at ``host``, a name with a port."""
        return f"http://{host}{self.path}?{_KEY}={self.secret}"

    def opens(self, given: str) -> bool:
        """Whether ``given`` is the secret; how long that takes says nothing about it."""
        return hmac.compare_digest(given.encode(errors="replace"), self.secret.encode())


def guard(access: Access) -> Middleware:
    """Returns what lets nobody pass who does not bring the secret of ``access``."""

    @web.middleware
    async def guarded(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not _is_from_here(request):
            raise web.HTTPForbidden(text=_NOT_HERE)
        if request.path == access.path and _KEY in request.query:
            if not access.opens(request.query[_KEY]):
                raise web.HTTPForbidden(text=_NOT_HERE)
            return _without_key(access)
        if not any(map(access.opens, _given(request))):
            raise web.HTTPForbidden(text=_NOT_HERE)
        return await handler(request)

    return guarded


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Have the browser keep, tell and embed nothing, and load nothing from anywhere else."""
    response.headers.update(_HEADERS)


def _is_from_here(request: web.Request) -> bool:
    """Whether a page of ours asks, or a person; sockets are opened by pages, which say so."""
    hosts, origins = request.headers.getall("Host", []), request.headers.getall("Origin", [])
    if len(hosts) != 1 or not _OUR_HOST.fullmatch(hosts[0]):
        return False
    ours = f"http://{hosts[0]}".lower()
    is_socket = "Upgrade" in request.headers
    return all(origin.lower() == ours for origin in origins) and bool(origins or not is_socket)


def _given(request: web.Request) -> list[str]:
    """Returns all cookies of our name: any port of this host may have left one there, too."""
    cookies = ";".join(request.headers.getall("Cookie", [])).split(";")
    pairs = (cookie.strip().partition("=") for cookie in cookies)
    return [value for name, _, value in pairs if name == _COOKIE]


def _without_key(access: Access) -> web.Response:
    """Returns a redirect to the page, which takes the secret out of the address."""
    response = web.Response(status=303, headers={"Location": access.path})
    response.set_cookie(_COOKIE, access.secret, path=access.path, httponly=True, samesite="Strict")
    return response
