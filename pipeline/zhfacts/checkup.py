"""Whether this installation is whole: Python, libraries, rules, the segmentation model, extras, and a fact to prove it.

Example: `checks("0.1.0")` begins with Check("Python", "3.11.7", ok=True).
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from zhfacts import knowledge

OLDEST = (3, 11)
PROOF = "2023年，松山省出口额增长8.7%。"
"""A sentence that states a year and a share."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what it is, what was found, and, where it is not well, what to do."""

    name: str
    found: str
    ok: bool = True
    todo: str = ""
    needed: bool = True
    """Whether nothing works without it; an extra is not needed."""

    def __post_init__(self) -> None:
        if self.ok:
            object.__setattr__(self, "todo", "")


def checks(ours: str) -> Iterator[Check]:
    """All checks, the quick ones first; `ours` is the version of zhfacts."""
    python = platform.python_version()
    yield Check("Python", python, sys.version_info >= OLDEST, "install Python 3.11 or later")
    yield Check("zhfacts", ours)
    yield from map(_library, _needs())
    yield _tried("rules", _rules, "install zhfacts again, or undo what was changed in rules/")
    yield _tried("segmenter", _segmenter, "install zhfacts again: pip install --force-reinstall zhfacts")
    yield _tried("tagger", _tagger, "install zhfacts again: pip install --force-reinstall zhfacts")
    yield _tried("extraction", _extraction, "report this as a bug of zhfacts, with all of the above")
    yield from map(_extra, EXTRAS)


EXTRAS = {"html": "selectolax", "pdf": "pypdfium2", "docx": "python-docx", "jieba": "jieba"}
"""What opens by which library; each is installed as `zhfacts[NAME]`."""
MODULES = {"python-docx": "docx"}
"""Libraries whose module has another name."""


def _needs() -> list[Requirement]:
    """The libraries that zhfacts asks for, those of its extras left out."""
    try:
        asked = requires("zhfacts") or []
    except PackageNotFoundError:  # run from its source, not installed
        asked = []
    return [need for need in map(Requirement, asked) if need.marker is None]


def _library(need: Requirement) -> Check:
    """A library that is needed: there, of a version that was asked for, and fit to be imported."""
    todo = f"pip install '{need}'"
    try:
        found = version(need.name)
        _import(need.name)
    except Exception as error:  # a broken library may raise anything
        return Check(need.name, _why(error), ok=False, todo=todo)
    return Check(need.name, found, need.specifier.contains(found, prereleases=True), todo)


def _extra(name: str) -> Check:
    """An extra, with how to install it where it is not there."""
    library, todo = EXTRAS[name], f"pip install 'zhfacts[{name}]'"
    try:
        found = f"{library} {version(library)}"
        _import(library)
    except PackageNotFoundError:
        return Check(f"extra {name}", "not installed", ok=False, todo=todo, needed=False)
    except Exception as error:
        return Check(f"extra {name}", _why(error), ok=False, todo=todo, needed=False)
    return Check(f"extra {name}", found, needed=False)


def _import(library: str) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what libraries say of each other while they begin is not asked here
        import_module(MODULES.get(library, library.replace("-", "_")))


def _tried(name: str, look: Callable[[], str], todo: str) -> Check:
    """What a look gives, or why it fails."""
    try:
        return Check(name, look())
    except Exception as error:
        return Check(name, _why(error), ok=False, todo=todo)


def _why(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _rules() -> str:
    """The rules' digest, once all that stages make of them is built."""
    import_module("zhfacts.flow")  # its stages say what they build
    for build in knowledge.builders():
        build()
    return f"{knowledge.digest()} ({knowledge.rules_dir()})"


def _segmenter() -> str:
    """The digest of the model that ships, once it has cut a sentence."""
    from zhfacts.link import words

    model = words.segmenter(words.DEFAULT)
    list(model.cuts(PROOF, (), ()))
    return f"{model.name} {model.digest}"


def _tagger() -> str:
    from zhfacts.link import tags

    tags.tag(["松山省", "出口额"])
    return tags.digest()


def _extraction() -> str:
    """The facts of a sentence, held against what it states."""
    from zhfacts import flow

    facts = flow.extract_text(PROOF, flow.Settings()).facts
    found = [(fact.kind, fact.value) for fact in facts]
    if found != [("year", 2023.0), ("percent", 8.7)]:
        raise ValueError(f"{PROOF} gives {found}")
    return f"{len(facts)} facts in a sentence of {len(PROOF)} characters, as they should be"
