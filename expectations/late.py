"""Modules that are imported when they are used, and not where somebody names them."""

from __future__ import annotations

import importlib.util
import sys


def put_off(name: str) -> None:
    """Let a module inside a package be imported at its first use; once, and only if it is not yet.

    Great Expectations imports scipy's statistics for expectations that are none of ours: a quarter
    of the time that its import takes. The recipe is the one of importlib's documentation.
    """
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    package, _, child = name.rpartition(".")
    setattr(sys.modules[package], child, module)
    loader.exec_module(module)
