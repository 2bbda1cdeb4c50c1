"""The Prefect API that the user configured, asked without Prefect, whose import takes seconds.

Nothing here is said to anybody with a key or a password in it.
"""

from __future__ import annotations

import base64
import http.client
import os
import tomllib
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

_ANSWER_SECONDS = 10


def configured_api() -> str | None:
    """Return the Prefect API that the user configured: PREFECT_API_URL, else the active profile."""
    return _configured("PREFECT_API_URL")


def shown(url: str) -> str:
    """Return an address as it may be told: without the name and password that it may hold."""
    parts = _parts(url)
    if parts is None:
        return "an address that is none"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def answers(url: str) -> bool:
    """Say whether a Prefect API answers at `url`, if only to ask who we are."""
    try:
        with urllib.request.urlopen(request(url, "health"), timeout=_ANSWER_SECONDS):  # noqa: S310
            return True
    except urllib.error.HTTPError as error:
        return error.code in (401, 403)
    except (OSError, ValueError, http.client.HTTPException):
        return False


def request(url: str, path: str, data: bytes | None = None) -> urllib.request.Request:
    """Return a request to an API as Prefect's own client would make it; raises ValueError."""
    return urllib.request.Request(  # noqa: S310 - the API that the user configured
        f"{shown(url).rstrip('/')}/{path}",
        data=data,
        headers={"Content-Type": "application/json", **authorization(url)},
    )


def authorization(url: str) -> dict[str, str]:
    """Return the header that an API asks for: a key of its cloud, or a password."""
    key, password = _configured("PREFECT_API_KEY"), _configured("PREFECT_API_AUTH_STRING")
    if key:
        return {"Authorization": f"Bearer {key.strip()}"}
    parts = _parts(url)
    if not password and parts is not None and parts.username is not None:
        password = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    if password:
        return {"Authorization": f"Basic {base64.b64encode(password.strip().encode()).decode()}"}
    return {}


def _parts(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _configured(name: str) -> str | None:
    """Return a setting of Prefect's, without importing it."""
    value = os.environ.get(name)
    if value:
        return value
    home = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    path = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml")
    try:
        profiles = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
    active = os.environ.get("PREFECT_PROFILE") or profiles.get("active")
    profile = profiles.get("profiles", {}).get(active)
    found = profile.get(name) if isinstance(profile, Mapping) else None
    return found if isinstance(found, str) else None
