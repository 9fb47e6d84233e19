"""Fixtures of all tests: documents to extract from, and the command as a user calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

# By the clock a busy machine fails what is right: the first example of a file loads the rules, too.
settings.register_profile("zhfacts", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("zhfacts")

TEXTS = {
    "新闻.txt": "国家统计局发布数据：2023年，甲公司出口额增长8.7%，达到5784亿元。\n乙公司下降了3个百分点。\n",
    "子/二.txt": "丙公司去年投资约12亿美元，占36%。\n",
}
MAIN = "from zhfacts.cli.app import script; script()"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write golden files anew; refused in CI.")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    wanted = bool(request.config.getoption("--update-golden"))
    if wanted and os.environ.get("CI"):
        pytest.fail("golden files change only on purpose, by hand and not in CI")
    return wanted


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder with two documents, one of them in a folder below."""
    folder = tmp_path / "文档"
    for name, text in TEXTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `zhfacts` with arguments, in this process."""
    from zhfacts.cli.app import main

    def call(*args: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["zhfacts", *map(str, args)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return Ended(end.value.code, printed.out, printed.err)

    return call


@pytest.fixture
def process() -> Callable[..., subprocess.Popen[str]]:
    """Start `zhfacts` with arguments as a process of its own."""

    def start(*args: object, code: str = MAIN, **options: object) -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        command = [sys.executable, "-c", code, *map(str, args)]
        return subprocess.Popen(command, **{**pipes, **options})  # type: ignore[call-overload,no-any-return]

    return start
