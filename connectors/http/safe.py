"""HTTP clients that go where they were told and nowhere else.

A name is resolved once, every address it has is looked at, and the connection goes to one of these very addresses: a
name that means something else a second later (DNS rebinding) gains nothing. No proxy of the environment, no redirects.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from connectors.errors import ConnectorError

OUTSIDE = ipaddress.ip_network("2000::/3")  # global unicast (RFC 4291); what is none carries an address of another kind
TUNNELS = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("192.88.99.0/24"))  # 6to4 (RFC 7526) ends anywhere
METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "fd00:ec2::254")))  # of clouds; more are link-local
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: Address) -> bool:
    """Whether it is reached by the open internet, and is nothing but that."""
    if isinstance(address, ipaddress.IPv6Address) and address not in OUTSIDE:
        return False
    inside = any(address.version == net.version and address in net for net in TUNNELS)
    return address.is_global and not address.is_multicast and not inside and address not in METADATA


def is_near(address: Address) -> bool:
    """Whether it is of a network of one's own, or this machine. Never link-local: there are the metadata of clouds."""
    odd = address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved
    return address.is_loopback or (address.is_private and not odd and address not in METADATA)


def checked(host: str, port: int, *, public: bool = True, near: bool = False) -> list[str]:
    """The addresses of a host. ConnectorError forbidden_address where any may not be reached, unreachable for none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ConnectorError("unreachable", detail="name not found") from None
    addresses = [_plain(str(entry[4][0])) for entry in found]
    for address in addresses:
        if not ((public and is_public(address)) or (near and is_near(address))):
            raise ConnectorError("forbidden_address", True)
    return list(dict.fromkeys(str(address) for address in addresses))


def _plain(text: str) -> Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


class _Checked(httpcore.SyncBackend):
    """Connects to addresses that were looked at. What the far end is called for TLS stays the name."""

    def __init__(self, *, public: bool, near: bool) -> None:
        self._public, self._near = public, near

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        addresses = checked(host, port, public=self._public, near=self._near)
        for number, address in enumerate(addresses, start=1):
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore.ConnectError("no address")

    def connect_unix_socket(self, path: str, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("no sockets of this machine")


class _Transport(httpx.HTTPTransport):
    def __init__(self, *, secure: bool, near: bool) -> None:
        # A trust store of one's own (SSL_CERT_FILE) is honoured; a proxy is not: it would connect for us, unlooked-at.
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts no one, and takes no time to make
        context = httpx.create_ssl_context(trust_env=True) if secure else nobody
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=4, max_keepalive_connections=2,
            network_backend=_Checked(public=secure, near=near),
        )  # fmt: skip


def client(url: str, *, timeout: httpx.Timeout | float, near: bool = False, plain: bool = False) -> httpx.Client:
    """A client for this address, see `look_at`. At the first request: ConnectorError forbidden_address.

    `near` opens networks of one's own; `plain` http there too, never to the outside.
    """
    look_at(url, plain=plain)
    transport = _Transport(secure=urlsplit(url).scheme == "https", near=near)
    return httpx.Client(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)


def look_at(url: str, *, plain: bool = False) -> None:
    """ConnectorError bad_url: no address, a password in it, or not https (unless `plain`)."""
    parts = urlsplit(url)
    if parts.scheme not in ({"https", "http"} if plain else {"https"}) or not parts.hostname:
        raise ConnectorError("bad_url", True, "https://… is expected")
    if parts.username or parts.password:
        raise ConnectorError("bad_url", True, "no password in the address")
