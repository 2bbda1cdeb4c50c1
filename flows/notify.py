"""The door to apprise, which speaks to mailboxes, chats and pagers.

It is imported where targets are set and nowhere else (0.9 s). Their addresses hold passwords and
tokens, in any part of them, so that a message names a target by its place in the settings and its
scheme alone, and apprise itself, which would quote them, is kept from logging.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from flows.sections import Notify
from tasks.errors import SettingsInvalid

if TYPE_CHECKING:
    from apprise import Apprise

logger = logging.getLogger(__name__)

_SCHEME = re.compile(r"([a-z][a-z0-9]{0,19})://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told: plain text. `kind` is one of apprise's types, which colours it."""

    title: str
    body: str
    kind: str


def check_targets(notify: Notify) -> list[str]:
    """Return the targets as they may be shown; raises SettingsInvalid where one means nothing."""
    for number, target in enumerate(notify.targets, 1):
        if _opened(target) is None:
            raise SettingsInvalid(
                f"setting notify.targets: apprise does not understand {_shown(number, target)}",
                "write it as apprise's documentation of that service says",
            )
    return [_shown(number, target) for number, target in enumerate(notify.targets, 1)]


def send(notify: Notify, notice: Notice) -> bool:
    """Give a notice to all targets at once; what is not taken in time costs one warning line.

    Returns whether any of them took it.
    """
    taken: dict[int, bool | None] = {}

    def give(number: int, target: SecretStr) -> None:
        opened = _opened(target)
        taken[number] = opened is not None and opened.notify(
            title=notice.title, body=notice.body, notify_type=notice.kind, body_format="text"
        )

    # Threads of our own: what hangs in one that is a daemon cannot keep the process from its end.
    targets = list(enumerate(notify.targets, 1))
    threads = [threading.Thread(target=give, args=target, daemon=True) for target in targets]
    deadline = time.monotonic() + notify.timeout_seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    for number, target in targets:
        if taken.get(number):
            continue
        how = "did not take" if number in taken else "did not answer in time to"
        logger.warning(
            "%s %s the notification %r: see that its service is up and its address is right",
            _shown(number, target),
            how,
            notice.title,
        )
    return any(taken.values())


def _opened(target: SecretStr) -> Apprise | None:
    """Return what sends to a target, or None where apprise does not understand it."""
    from apprise import Apprise, AppriseAsset

    logging.getLogger("apprise").disabled = True
    # One address may name several services; their threads, in a pool, would outlive our deadline.
    asset = AppriseAsset(
        app_id="copydesk", app_desc="the copy desk for news data", async_mode=False
    )
    opened = Apprise(asset=asset)
    return opened if opened.add(target.get_secret_value()) else None


def _shown(number: int, target: SecretStr) -> str:
    scheme = _SCHEME.match(target.get_secret_value().strip())
    return f"target {number} ({scheme[1] + '://...' if scheme else 'no address'})"
