"""Damage of every sort done to the folder of a result, by seed: the same each time."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 10**30, 1e308, -0.5, float("nan"), "", "x", "../x", "/etc/passwd", "\u0000",
    "æ" * 3000, [], [[]], [None], ["x"], {}, {"x": None}, {"": {}}, "2013-13-45", "0" * 64, "{x}",
)  # fmt: skip
CELLS = (
    *("'text'", "-1", "NULL", "1e300", "x'00ff'", "'../x'", "99999999999", "'[]'", "'{'", "'\"x\"'", "0.5"),
    *("'{}'", "''", "7", "x''", "zeroblob(80)"),
)


def tamper(folder: Path, seed: int) -> str:
    """Damage one thing in a folder and say what."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    ways: list[Callable[[random.Random, Path, list[Path]], str]] = [
        _bytes, _bytes, _replaced, _json, _json, _json, _json, _table,
    ]  # fmt: skip
    if (folder / "ledger.sqlite").is_file():
        ways += [_cell, _cell, _cell, _ledger, _part]
    return chance.choice(ways)(chance, folder, files)


def _some(chance: random.Random, files: list[Path]) -> Path:
    """Return a file; those that hold the most meaning come more often."""
    weights = [5 if path.suffix in {".json", ".sqlite", ".parquet"} else 1 for path in files]
    return chance.choices(files, weights)[0]


def _bytes(chance: random.Random, _: Path, files: list[Path]) -> str:
    path = _some(chance, files)
    content = bytearray(path.read_bytes())
    how = chance.choice(("flip", "flip", "flip", "cut", "empty", "garbage", "more"))
    if how == "flip" and content:
        for _ in range(chance.choice((1, 1, 5, 200))):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    elif how == "cut":
        content = content[: chance.randrange(len(content) + 1)]
    elif how == "more":
        content += b"\xff\x00,\n{"
    else:
        content = bytearray() if how == "empty" else bytearray(chance.randbytes(5000))
    path.write_bytes(content)
    return f"{how} {path}"


def _replaced(chance: random.Random, folder: Path, files: list[Path]) -> str:
    path = _some(chance, files)
    if chance.random() < 0.2:
        path = chance.choice([path.parent, path]) if path.parent != folder else path
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    how = chance.choice(("gone", "folder", "pipe", "dangling", "elsewhere", "device", "itself", "other"))
    if how == "folder":
        path.mkdir()
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "other":
        others = [other for other in files if other.is_file() and other != path]
        shutil.copy(chance.choice(others), path)
    elif how != "gone":
        target = {"dangling": "nowhere", "elsewhere": "/etc/hostname", "device": "/dev/zero"}
        path.symlink_to(target.get(how, path.name))
    return f"{how} {path}"


def _json(chance: random.Random, folder: Path, _: list[Path]) -> str:
    """Change a value of the manifest or the facts; the hash of the facts is right again afterwards."""
    path = folder / chance.choice(("manifest.json", "facts.json"))
    if not path.is_file():
        path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    place, node, key = path.name, {"": content}, ""
    for _ in range(chance.randrange(1, 7)):
        below = node[key]  # type: ignore[index]
        keys = (
            list(below) if isinstance(below, dict) else range(len(below)) if isinstance(below, list) else ()
        )
        if not keys:
            break
        node, key = below, chance.choice(list(keys))
        place += f".{key}"
    if chance.random() < 0.15 and isinstance(node, dict):
        del node[key]
    else:
        node[key] = chance.choice(ODD)  # type: ignore[index]
        place += f" = {str(node[key])[:20]}"  # type: ignore[index]
    text = json.dumps(content)
    text = text.replace('"x"', '"\\ud800"') if chance.random() < 0.1 else text
    path.write_text(text, encoding="utf-8")
    _signed(folder, path)
    return place


def _table(chance: random.Random, folder: Path, files: list[Path]) -> str:
    """Change a table; its hash is right again afterwards."""
    tables = [path for path in files if path.suffix == ".csv"]
    if not tables:
        return _json(chance, folder, files)
    path = chance.choice(tables)
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    how = chance.choice(("cell", "cell", "column", "rows", "other", "binary"))
    if how == "other":
        path.write_bytes(chance.choice(tables).read_bytes())
    elif how == "binary":
        path.write_bytes(b"\xff\xfe\x00" + chance.randbytes(200))
    else:
        if how == "cell":
            row = chance.choice(rows)
            row[chance.randrange(len(row))] = chance.choice(
                ("", "x", "-1", "1e999", "nan", '"', "2013-07-01")
            )
        elif how == "column":
            column = chance.randrange(len(rows[0]))
            rows = [row[:column] + row[column + 1 :] for row in rows]
        else:
            rows = rows[: chance.choice((0, 1, 2))]
        path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    _signed(folder, path)
    return f"{how} {path}"


def _signed(folder: Path, path: Path) -> None:
    """Enter a changed file into the manifest, as somebody might who knows how."""
    manifest = folder / "manifest.json"
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["files"][path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        return
    if path != manifest:
        manifest.write_text(json.dumps(content), encoding="utf-8")


def _cell(chance: random.Random, folder: Path, _: list[Path]) -> str:
    """Change cells of the ledger, with its checks switched off; mostly the tables look as before."""
    path = folder / "ledger.sqlite"
    base = sqlite3.connect(path, isolation_level=None)
    kept = dict(base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    table = chance.choice(list(kept))
    columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
    column, value, key = chance.choice(columns), chance.choice(CELLS), columns[0]
    where = chance.choice(("", f" WHERE {key} = (SELECT min({key}) FROM {table})"))  # noqa: S608
    update = f"UPDATE OR IGNORE {table} SET {column} = {value}{where}"  # noqa: S608
    delete = f"DELETE FROM {table}{where}"  # noqa: S608
    change = chance.choice((update, delete))
    keys = "name, sha256" if table == "files" else key
    loose = f"CREATE TABLE {table} ({', '.join(columns)}, PRIMARY KEY ({keys}))"
    for text, version in ((loose, 1000), (kept[table], 1001)):
        base.execute("PRAGMA writable_schema = ON")
        base.execute("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (text, table))
        base.execute(f"PRAGMA schema_version = {version}")
        base.close()
        base = sqlite3.connect(path, isolation_level=None)
        if text == loose:
            try:
                base.execute(change)
            except sqlite3.Error as problem:
                change += f" ({problem})"
    base.close()
    return change


def _ledger(chance: random.Random, folder: Path, _: list[Path]) -> str:
    """Change what the checks of the ledger allow, or its tables."""
    change = chance.choice(
        (
            "DROP TABLE waiting", "CREATE TABLE mine (x)", "DROP INDEX runs_state", "DELETE FROM runs",
            "UPDATE runs SET draw = 4000000000", "UPDATE runs SET replicate = 4000000000",
            "UPDATE runs SET scenario = 'x'", "UPDATE runs SET id = 'x' || id", "UPDATE runs SET crc = 1",
            "UPDATE runs SET state = 'pending'", "UPDATE runs SET state = 'failed'", "VACUUM",
            "UPDATE runs SET planned = 0",
            "UPDATE runs SET part = NULL", "UPDATE runs SET part = 'part-99999.parquet'", "DELETE FROM parts",
            "DELETE FROM waiting", "DELETE FROM meta", "UPDATE meta SET value = '3'",
            "UPDATE meta SET value = '{'",
            "UPDATE meta SET value = '{}'", "UPDATE meta SET value = replace(value, '\"', '')",
            "DELETE FROM files", "UPDATE runs SET message = x'ff' || ''",
            "DELETE FROM meta WHERE key = 'kind'", "UPDATE meta SET value = '\"batch\"' WHERE key = 'kind'",
            "INSERT OR IGNORE INTO waiting SELECT id, zeroblob(80) FROM runs",
            "INSERT OR IGNORE INTO parts VALUES ('part-00077.parquet', 'x', 1, 1)",
        )
    )  # fmt: skip
    base = sqlite3.connect(folder / "ledger.sqlite", isolation_level=None)
    try:
        base.execute(change)
    except sqlite3.Error as problem:
        change += f" ({problem})"
    base.close()
    return change


def _part(chance: random.Random, folder: Path, files: list[Path]) -> str:
    """Put another Parquet file in place of a part, with its hash in the ledger."""
    found = [path for path in files if path.suffix == ".parquet"]
    if not found:
        return _ledger(chance, folder, files)
    path = chance.choice(found)
    table = pq.read_table(path)
    name = chance.choice(table.column_names)
    how = chance.choice(("drop", "text", "numbers", "nulls", "rows", "none", "short"))
    where = table.column_names.index(name)
    if how == "drop":
        table = table.drop_columns([name])
    elif how == "text":
        table = table.set_column(where, name, pa.array(["x"] * len(table)))
    elif how == "numbers":
        table = table.set_column(where, name, pa.array([1.0] * len(table)))
    elif how == "nulls":
        table = table.set_column(where, name, pa.nulls(len(table), table.column(name).type))
    elif how == "short":
        table = table.set_column(where, name, pa.array([[1.0]] * len(table), pa.list_(pa.float64(), 1)))
    else:
        table = table.slice(0, len(table) // 2 if how == "rows" else 0)
    pq.write_table(table, path)
    base = sqlite3.connect(folder / "ledger.sqlite", isolation_level=None)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    base.execute("UPDATE parts SET sha256 = ? WHERE name = ?", (digest, path.name))
    base.close()
    return f"{how} {name} of {path}"
