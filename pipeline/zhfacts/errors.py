"""The error tree. Every message says what, where, and what to do next.

ZhfactsError
├── RuleError      a row in rules/ is wrong            -> exit 2
├── InputError     an input path cannot be used        -> exit 2
├── OutputError    the output folder cannot be used    -> exit 3
├── InvariantError a table of ours breaks its contract -> exit 3
└── StoppedError   someone pressed Ctrl-C              -> exit 130
"""

from __future__ import annotations


class ZhfactsError(Exception):
    """Base of all errors that zhfacts raises on purpose."""

    exit_code = 3


class RuleError(ZhfactsError):
    """A row in rules/ cannot be used; the message names file, line and mend."""

    exit_code = 2


class InputError(ZhfactsError):
    """An input path is missing or cannot be read at all."""

    exit_code = 2


class OutputError(ZhfactsError):
    """The output folder cannot be read or written."""

    exit_code = 3


class InvariantError(ZhfactsError):
    """A table breaks an invariant of the contract; nothing was published."""

    exit_code = 3


class StoppedError(ZhfactsError):
    """The command was stopped; the message says how to go on."""

    exit_code = 130
