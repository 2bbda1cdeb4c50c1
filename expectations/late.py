"""Modules that are imported when they are used, and not where somebody names them.

Great Expectations imports scipy's statistics and altair for expectations that are none of ours: a
third of the time that its import takes. importlib's LazyLoader does not do for a package of the
first level, because an import statement looks at what it finds and so has it loaded.
"""

from __future__ import annotations

import importlib
import sys
import threading
import types

_LEAVING = threading.Lock()


class _Late(types.ModuleType):
    """Stands for a module; whoever asks it for a name has the module imported in its place."""

    def __getattr__(self, name: str) -> object:
        """Get a name of the module.

        While it stands here, of the names with underscores `__path__` alone is a use of it: the
        import system asks for the others, too, of what it merely finds.
        """
        with _LEAVING:
            if sys.modules.get(self.__name__) is self:
                if name.startswith("__") and name != "__path__":
                    raise AttributeError(name)
                del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def put_off(*names: str) -> None:
    """Let modules be imported at their first use; those that are imported already stay so.

    A first use by a statement that imports a submodule (`import scipy.stats.qmc`) executes that
    submodule twice, and what it defines is then there twice. Name the package first.
    """
    for name in names:
        sys.modules.setdefault(name, _Late(name))
