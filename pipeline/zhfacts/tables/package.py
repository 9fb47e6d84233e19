"""datapackage.json: the tables described for tools that read Frictionless Data Packages.

Example: frictionless' `Package("outputs/datapackage.json")` has six resources with their fields and keys.
Source of the form: Data Package 2.0 (datapackage.org); deterministic, for it holds neither time nor place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from zhfacts.tables.parts import part_files
from zhfacts.tables.schema import COLUMNS, CONTRACT, FOREIGN, KEYS, MEANINGS, WORDS, Column

PROFILE: Final = "https://datapackage.org/profiles/2.0/"
TYPES: Final = {
    "string": "string",
    "dictionary": "string",
    "int32": "integer",
    "int64": "integer",
    "float64": "number",
    "decimal128(38, 12)": "number",
    "date32": "date",
    "list<string>": "array",
}


def package(tables: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, Any]:
    """The data package of tables that lie in `folder`; `tables` is what run.json says of each."""
    found = {name: part_files(folder / f"{name}.parquet") for name in COLUMNS}
    sizes = {
        name: [(f.relative_to(folder).as_posix(), f.stat().st_size) for f in files] for name, files in found.items()
    }
    return package_of(tables, sizes)


def package_of(
    tables: Mapping[str, Mapping[str, Any]], files: Mapping[str, Sequence[tuple[str, int]]]
) -> dict[str, Any]:
    """The data package of tables whose files, with their sizes, are named."""
    resources = []
    for name in COLUMNS:
        paths = [path for path, _ in files[name]]
        about: dict[str, Any] = {"bytes": sum(size for _, size in files[name])}
        if len(paths) == 1:
            about["hash"] = f"sha256:{tables[name]['sha256']}"
        resources.append(_resource(name, paths[0] if len(paths) == 1 else paths) | about)
    return _package(resources)


def as_frictionless() -> str:
    """The contract as a data package whose tables have no rows yet, as `zhfacts schema` prints it."""
    described = _package([_resource(name, f"{name}.parquet") for name in COLUMNS])
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _package(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": f"{PROFILE}datapackage.json",
        "name": "zhfacts",
        "title": "Numeric facts out of Chinese text, each with its place",
        "description": f"Tables of zhfacts, contract version {CONTRACT}",
        "resources": resources,
    }


def _resource(name: str, path: str | list[str]) -> dict[str, Any]:
    """One table: its file or parts, and its schema."""
    schema: dict[str, Any] = {
        "$schema": f"{PROFILE}tableschema.json",
        "fields": [_field(column, KEYS.get(name, ())) for column in COLUMNS[name]],
        "missingValues": [],
    }
    if name in KEYS:
        schema["primaryKey"] = list(KEYS[name])
    links = [
        {"fields": [key], "reference": {"resource": into, "fields": [other]}}
        for table, key, into, other in FOREIGN
        if table == name
    ]
    if links:
        schema["foreignKeys"] = links
    return {
        "$schema": f"{PROFILE}dataresource.json",
        "name": name,
        "type": "table",
        "description": MEANINGS[name],
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": schema,
    }


def _field(column: Column, key: tuple[str, ...]) -> dict[str, Any]:
    """One column with its constraints."""
    name, kind, null, meaning = column
    limits: dict[str, Any] = {"required": not null}
    if key == (name,):
        limits["unique"] = True
    if kind == "dictionary":
        limits["enum"] = list(WORDS[name])
    return {"name": name, "type": TYPES[kind], "description": meaning, "constraints": limits}
