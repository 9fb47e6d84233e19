"""The command `zhfacts`: its commands by name, its version, and how errors end it.

Exit codes: 0 clean, 1 finished with something to look at, 2 wrong usage, 3 failed, 130 stopped.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress

import typer

from zhfacts import __version__
from zhfacts.cli import (
    accept,
    annotate,
    compact,
    diff,
    doctor,
    explain,
    export,
    extract,
    query,
    report,
    rules,
    schema,
    score,
    show,
    top,
    validate,
)
from zhfacts.errors import ZhfactsError

STOPPED = "stopped; nothing was changed, and the same command begins anew"

app = typer.Typer(
    name="zhfacts",
    help="Numeric facts out of Chinese text: each with subject, property, time and the line it stands on.",
    epilog="Example: zhfacts extract seeds --out outputs",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    extract, validate, show, report, query, top, explain, export, diff, accept, annotate, score,
    compact, schema, doctor,
)  # fmt: skip
for module in COMMANDS:
    app.command(module.NAME, epilog=module.EXAMPLE)(module.command)
app.add_typer(rules.app, name=rules.NAME)


def _version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"zhfacts {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    *,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line and exit with its code; every failure is one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a character gets its number
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    sys.exit(_run())


def script() -> None:
    """The command `zhfacts` as a program of its own: run it, write out what was said, and be gone with its code.

    The libraries' own teardown is left out: Arrow's threads, ended by it while they are just beginning, abort the
    process on a busy machine ("terminate called without an active exception") and with it the exit code.
    """
    gc.set_threshold(100_000, 50, 50)  # rules and models are made of many small objects, none of which is garbage
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    atexit._run_exitfuncs()  # what Python itself would do before the libraries' turn
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _run() -> int:
    """Run the command named by sys.argv; its exit code."""
    try:
        code = app(prog_name="zhfacts", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # typer and rich make the latter of the former
        from zhfacts.cli.console import closed

        closed()
        return 0  # the reader has what it wanted
    except ZhfactsError as error:
        return _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _fail(STOPPED, 130)
    except Exception as error:
        return _unexpected(error)
    if code == 130:  # newer versions of typer make it of Ctrl-C without a word
        return _fail(STOPPED, 130)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception) -> int:
    """Tell wrong usage from a fault of ours; exit code of either."""
    # where typer keeps its usage errors (click, or a private copy) hangs on its version
    message = getattr(error, "format_message", None)
    if message is None:
        return _fail(f"{type(error).__name__}: {error}; please report this as a bug of zhfacts", 3)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message(), err=True)
        return 2
    return _fail(f"{_tidy(message())}{_next(error)}", 2)


def _tidy(message: str) -> str:
    """What typer says of wrong usage, as the first half of a sentence."""
    said = " ".join(message.split()).removeprefix("Invalid value: ").replace(": Value error, ", ": ")
    return said.replace(". Choose from: ", ": choose from ").rstrip(".")


def _next(error: Exception) -> str:
    """The other half: an example where something is missing, else where to read on."""
    context = getattr(error, "ctx", None)
    example = getattr(getattr(context, "command", None), "epilog", None)
    if type(error).__name__ == "MissingParameter" and example:
        return f"; for example: {example.removeprefix('Example: ')}"
    return f"; see `{getattr(context, 'command_path', 'zhfacts')} --help`"


def _fail(sentence: str, code: int) -> int:
    """Say what went wrong, in one line."""
    from zhfacts.cli.console import visible

    typer.echo(f"zhfacts: {visible(sentence)}", err=True)
    return code
