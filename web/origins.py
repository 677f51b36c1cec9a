"""Which hosts this site answers to, and whether a request came from one of its own pages.

No token forms: browsers say where a request comes from, in Sec-Fetch-Site or at least in Origin, and pages of
other sites cannot make them lie. What says neither is no browser, and carries no visitor's cookie by accident.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from db.errors import Forbidden, Refused

from . import keys
from .proxies import is_https

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PORTS = {"http": 80, "https": 443}


class Misdirected(Refused):
    """The request names a host that this site does not answer to (RFC 9110, 15.5.20)."""

    status = 421


class Origins:
    """The site's own names. Without `web.base_url` any address in digits is taken too, so that a phone may look in."""

    def __init__(self, public_url: str, *, is_configured: bool) -> None:
        parts = urlsplit(public_url)
        self._public = origin_of(public_url)
        self._host = (parts.hostname or "").lower()
        self._is_configured = is_configured

    def answers_to(self, host: str) -> bool:
        """Whether the `Host` header names this site. An address in digits cannot be rebound by somebody's DNS."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
            _ = urlsplit(f"//{host}").port
        except ValueError:
            return False
        if name in {self._host, "localhost"}:
            return bool(name)
        try:
            address = ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not self._is_configured

    def is_own(self, origin: str, scheme: str, host: str) -> bool:
        """Whether `Origin` is the site: its public address, or the host that the request itself was sent to."""
        own = origin_of(origin)
        return own is not None and own in {self._public, origin_of(f"{scheme}://{host}")}


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no origin, such as `null`."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname.lower(), port) if parts.hostname and port else None


def check_host(request: web.Request) -> None:
    """Raises Misdirected for a Host that is not ours. Probes ask by whatever address they have."""
    if request.path in {"/healthz", "/readyz"}:
        return
    if not request.app[keys.ORIGINS].answers_to(request.headers.get("Host", "")):
        raise Misdirected(
            "This site does not answer to that address. If it should, set web.base_url to it.", "misdirected"
        )


def check_same_origin(request: web.Request) -> None:
    """Raises Forbidden when another site's page sent this. Sockets count as unsafe, and there Origin alone decides."""
    is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
    if request.method in SAFE and not is_socket:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin is not None and (is_socket or site is None):
        scheme = "https" if is_https(request) else "http"
        allowed = request.app[keys.ORIGINS].is_own(origin, scheme, request.headers.get("Host", ""))
    else:
        allowed = site in {"same-origin", "none", None}
    if not allowed:
        raise Forbidden("This came from another site, so nothing was done. Please use the form here.", "cross_site")
