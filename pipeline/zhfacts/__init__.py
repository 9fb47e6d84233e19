"""zhfacts: facts out of Chinese text, each with its line.

Example: `zhfacts.extract("2023年出口额增长8.7%。")[1].value` is 8.7.
Everything else is imported on first use, so that `import zhfacts` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhfacts.errors import InputError, InvariantError, OutputError, RuleError, ZhfactsError

if TYPE_CHECKING:
    from zhfacts.api import extract, load, run
    from zhfacts.records import Fact
    from zhfacts.runs import Run

__version__ = "0.1.0"
__all__ = [
    "Fact",
    "InputError",
    "InvariantError",
    "OutputError",
    "RuleError",
    "Run",
    "ZhfactsError",
    "extract",
    "load",
    "run",
]

_HOME = {"extract": "api", "load": "api", "run": "api", "Run": "runs", "Fact": "records"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zhfacts' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"zhfacts.{_HOME[name]}"), name)
