"""The address guard: what a name resolves to is judged when the connection is made, on every hop.

It stands at the one place where sockets are opened, below redirects, robots and retries, and
connects to the very address that it judged: a name that resolves elsewhere a moment later gains
nothing. httpx-secure does the same one layer higher, but lets multicast pass and has no allow-list
by port; this needs no patched transport.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence

import httpcore

from tasks.model import Reason
from tasks.readers.web.rules import Failure

_IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "fd00:ec2::254")))
"""Cloud metadata services. Most live on link-local 169.254.169.254; the first of these is a public
address by its number, though every virtual machine of one cloud reaches its host there."""
ADDRESSES_TRIED = 3
"""A name may have many addresses; the first ones of each family are enough."""


class Guard:
    """Decide which addresses may be connected to."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        """Read the allow-list: CIDR (any port) or `host:port`, the host a name or an address."""
        self._networks: list[_IpNetwork] = []
        self._hosts: set[tuple[str, int]] = set()
        for entry in allow:
            try:
                self._networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                host, _, port = entry.rpartition(":")
                if not host or not port.isdigit():
                    raise ValueError(f"{entry!r} is neither host:port nor CIDR") from None
                self._hosts.add((host.strip("[]").lower(), int(port)))

    def refusal(self, host: str, address: str, port: int) -> str | None:
        """Say why an address that `host` resolved to must not be connected to; None: it may."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if {(host.strip("[]").lower(), port), (str(ip), port)} & self._hosts:
            return None
        if any(ip in network for network in self._networks):
            return None
        found = [kind for each in _embedded(ip) if (kind := _forbidden(each))]
        return f"{address} is {found[0]}" if found else None


def _embedded(ip: _IpAddress) -> list[_IpAddress]:
    """Return an address and those that it hides: IPv4 mapped, 6to4, Teredo, NAT64."""
    found: list[_IpAddress] = [ip]
    if isinstance(ip, ipaddress.IPv6Address):
        found += [each for each in (ip.ipv4_mapped, ip.sixtofour) if each is not None]
        found += list(ip.teredo or ())
        if ip in _NAT64:
            found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    if ip.version == 6 and len(found) > 1:
        return found[1:]
    return found


def _forbidden(ip: _IpAddress) -> str | None:
    if ip in _METADATA:
        return "a metadata service"
    for is_so, kind in (
        (ip.is_multicast, "a multicast address"),
        (ip.is_loopback, "a loopback address"),
        (ip.is_link_local, "a link-local address"),
        (ip.is_unspecified, "no address of a host"),
        (ip.is_private, "a private address"),
        (not ip.is_global, "not a public address"),
        (isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local, "a site-local address"),
    ):
        if is_so:
            return kind
    return None


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Open connections to judged addresses only; raises `Failure` with `blocked_url`."""

    def __init__(self, guard: Guard) -> None:
        """Stand in front of the ordinary network."""
        self._guard = guard
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, judge, and connect to the first judged address that answers."""
        addresses = await _resolve(host.strip("[]"), port)
        refusals = {a: self._guard.refusal(host, a, port) for a in addresses}
        allowed = [a for a in addresses if refusals[a] is None]
        if not allowed:
            raise Failure(Reason.BLOCKED_URL, f"{host}: {refusals[addresses[0]]}")
        for number, address in enumerate(allowed, start=1):
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(allowed):
                    raise
        raise AssertionError("unreachable: the last address returns or raises")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no address leads to a local socket."""
        raise Failure(Reason.BLOCKED_URL, f"a local socket: {path}")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        may_help = error.errno == socket.EAI_AGAIN
        detail = f"{host} does not resolve ({error.strerror})"
        raise Failure(Reason.UNREACHABLE, detail, may_help=may_help) from None
    except (UnicodeError, OSError) as error:
        raise Failure(Reason.UNREACHABLE, f"{host} does not resolve ({error})") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise Failure(Reason.UNREACHABLE, f"{host} has no address")
    return addresses[:ADDRESSES_TRIED]
