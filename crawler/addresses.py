"""Which addresses a crawl may speak to: a page must not make the archive read the machine it runs on.

A name is judged twice: as it stands in the URL (literal addresses in any notation that a C library takes),
and by the address of the peer once a connection stands, before a byte is sent (a name that resolves to a
private address, DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from typing import Any

import attrs
from scrapy.exceptions import IgnoreRequest

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052 §2.1: the last 32 bits are an IPv4 address."""


class PrivateAddressError(IgnoreRequest):
    """The URL leads to a private, loopback, link-local or reserved address (failure code -5000)."""


def literal_address(host: str) -> _Address | None:
    """Return the address that `host` spells, None where it is a name.

    Takes what inet_aton(3) takes: 127.1, 0x7f.1, 0177.0.0.1, 2130706433; and IPv6 with or without brackets.
    """
    text = host.strip().strip("[]").rstrip(".").partition("%")[0]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    if not text or text[0] not in "0123456789":
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


def is_private(address: _Address) -> bool:
    """Tell whether `address` is anything but a public unicast address, embedded IPv4 addresses included."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_private(inner)
    return not address.is_global or address.is_multicast


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def is_allowed(host: str, port: int | None, allowed: Collection[str]) -> bool:
    """Tell whether `host` or `host:port` stands in `allowed`."""
    return bool(allowed) and (host in allowed or f"{host}:{port}" in allowed)


def refuse_literal(host: str) -> None:
    """Raise PrivateAddressError where `host` spells a private address."""
    address = literal_address(host)
    if address is not None and is_private(address):
        raise PrivateAddressError(f"{host} is a private address ({address})")


def refuse_peer(peer: str, host: str) -> None:
    """Raise PrivateAddressError where the connection to `host` ended at a private address."""
    address = literal_address(peer)
    if address is None or is_private(address):
        raise PrivateAddressError(f"{host} leads to a private address ({peer})")


class _GuardedFactory:
    """Looks at the peer's address before a protocol is made, and so before a byte is sent."""

    noisy = False

    def __init__(self, factory: Any, host: str) -> None:
        self._factory = factory
        self._host = host

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted's name
        refuse_peer(addr.host, self._host)
        return self._factory.buildProtocol(addr)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._factory, name)


@attrs.frozen(eq=False)
class GuardedEndpoint:
    """A Twisted endpoint that gives a connection to a private address up before a byte is sent."""

    endpoint: Any
    host: str

    def connect(self, factory: Any) -> Any:
        """Connect; the deferred fails with PrivateAddressError."""
        return self.endpoint.connect(_GuardedFactory(factory, self.host))


@attrs.frozen(eq=False)
class LateEndpoint:
    """An endpoint made when a new connection is wanted: mostly a kept one is free, and making it costs as
    much as sending the request.
    """

    make: Callable[[Any], Any]
    """Makes the endpoint of a parsed URL."""
    url: Any

    def connect(self, factory: Any) -> Any:
        """Make it, and connect."""
        return self.make(self.url).connect(factory)
