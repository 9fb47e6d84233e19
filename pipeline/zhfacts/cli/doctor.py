"""`zhfacts doctor`: whether this installation is whole, and what to do where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from zhfacts.cli.options import Json

if TYPE_CHECKING:
    from zhfacts.checkup import Check

NAME = "doctor"
EXAMPLE = "Example: zhfacts doctor --json"


def command(as_json: Json = False) -> None:
    """Check Python, libraries, rules, models and extras; exit code 3 where something needed is broken."""
    from dataclasses import asdict

    from zhfacts import __version__, checkup, plain
    from zhfacts.cli import console
    from zhfacts.errors import ZhfactsError

    found = []
    for check in checkup.checks(__version__):
        found.append(check)
        if not as_json:
            console.out().print(console.visible(_line(check)))
    broken = [check for check in found if check.needed and not check.ok]
    if as_json:
        typer.echo(plain.as_json({"ok": not broken, "checks": [asdict(check) for check in found]}, indent=2))
    if broken:
        names = ", ".join(check.name for check in broken)
        raise ZhfactsError(f"broken: {names}; first {broken[0].todo}, then run `zhfacts doctor` again")
    if not as_json:
        console.err().print("All that zhfacts needs is there and works.")


def _line(check: Check) -> str:
    """A check on one line: what, found, and what to do."""
    sign = "ok" if check.ok else "BROKEN" if check.needed else "-"
    return f"{sign:<6} {check.name:<18} {check.found}{'' if check.ok else f': {check.todo}'}"
