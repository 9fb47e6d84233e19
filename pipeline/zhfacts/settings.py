"""What a run is told, as settings for every document and as run.json records it.

Example: `settings_of(date(2024, 3, 12))` resolves 去年 as 2023.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from zhfacts import knowledge
from zhfacts.documents import FACT_ROLES, ROLES
from zhfacts.errors import InputError
from zhfacts.link.words import DEFAULT

if TYPE_CHECKING:
    from zhfacts.flow import Settings

Folder = str | os.PathLike[str]


def settings_of(
    published: date | None, rules: Folder | None, text_column: str = "text", id_column: str | None = None
) -> Settings:
    """What a run is told; an overlay is read and built at once, so that its faults show before any work."""
    from zhfacts import flow

    overlay = None if rules is None else knowledge.overlay(rules)
    if overlay:
        with knowledge.using(overlay):
            for builder in knowledge.builders():
                builder()
    day = published.date() if isinstance(published, datetime) else published
    return flow.Settings(day, overlay, text_column, id_column)


def roles_of(more: Sequence[str]) -> frozenset[str]:
    """The roles whose lines give facts: those that always do, and `more`."""
    for role in more:
        if role not in ROLES:
            raise InputError(f"no role {role!r}; roles are {', '.join(ROLES)}")
    return FACT_ROLES | set(more)


def info_of(settings: Settings) -> dict[str, Any]:
    """The part of run.json that is known before the run."""
    from zhfacts.link import tags

    return {
        "digests": {
            "rules": knowledge.digest(),
            "overlay": settings.overlay.digest if settings.overlay else None,
            "model": _model_digest(settings.segmenter),
            "tagger": tags.digest(),
        },
        "settings": {each.name: _plain(getattr(settings, each.name)) for each in fields(settings)},
    }


def _model_digest(name: str) -> str | None:
    """SHA-256 of the segmenter's files; ours is not loaded for it, as an unchanged run has no need of it."""
    from zhfacts.link import words

    return words.digest() if name == DEFAULT else words.segmenter(name).digest or None


def _plain(setting: object) -> object:
    """A setting as JSON can hold it, the same on every run."""
    if isinstance(setting, date):
        return setting.isoformat()
    if isinstance(setting, knowledge.Overlay):
        return setting.root.as_posix()
    return sorted(setting) if isinstance(setting, frozenset) else setting
