"""A scenario of one's own: checked text, never a file of the server; and its token in the address."""

from __future__ import annotations

import base64
import binascii
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ankomst.errors import Problems, ScenarioError, show
from ankomst.explorer.choices import MAX_FOLLOW_UP, MAX_YEARS
from ankomst.policy.layers import TABLE_KEYS
from ankomst.policy.places import refuse_experiment
from ankomst.policy.scenario import Scenario, build_scenario
from ankomst.policy.yaml_file import read_text

if TYPE_CHECKING:
    from ankomst.policy.yaml_file import YamlFile

MAX_BYTES: Final = 64_000
MAX_TOKEN: Final = 6_000
"""Characters of a token: an address must stay one that browsers and mail programs carry."""
WHERE: Final = "your file"


def read_bytes(content: bytes) -> Scenario:
    """Read the bytes of an uploaded file.

    Raises
    ------
    ScenarioError
        The file is too large, no UTF-8 text, no scenario, names another file or asks for too much.
    """
    if len(content) > MAX_BYTES:
        raise ScenarioError(
            f"the file is larger than {MAX_BYTES // 1000} kB", where=WHERE, allowed="a small scenario file"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError("is not UTF-8 text", where=WHERE, allowed="text files saved as UTF-8") from None
    return read_scenario(text)


def read_scenario(text: str) -> Scenario:
    """Build a scenario from text; no file is opened for it, now or when it is run."""
    problems = Problems()
    file = read_text(text, Path(), WHERE, problems=problems)
    refuse_experiment(file, WHERE, "FILE")
    data = dict(file.data)
    if data.pop("extends", None) is not None:
        problems.add(
            ScenarioError(
                "extends is not accepted here: a page in the browser opens no files",
                where=f"{WHERE}, line {file.lines['extends',]}",
                allowed="a file that stands for itself; `ankomst run` takes files that extend others",
            )
        )
    _note_tables(file, problems)
    scenario = build_scenario(data, where=WHERE, lines=file.lines, problems=problems)
    _bounded(scenario)
    return scenario


def token_of(content: bytes) -> str:
    """Return the text as a token for the address, or an empty string if it would be too long."""
    token = base64.urlsafe_b64encode(zlib.compress(content, 9)).decode("ascii")
    return token if len(token) <= MAX_TOKEN else ""


def read_token(token: str) -> Scenario:
    """Read the scenario in a token; the text cannot grow beyond the size of a file.

    Raises
    ------
    ScenarioError
        The token is damaged, or as for `read_bytes`.
    """
    try:
        packed = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        reader = zlib.decompressobj()
        content = reader.decompress(packed, MAX_BYTES + 1)
        whole = reader.eof or len(content) > MAX_BYTES
    except (binascii.Error, UnicodeEncodeError, zlib.error):
        whole, content = False, b""
    if not whole:
        raise ScenarioError("the scenario in the address is damaged", allowed="a link that is whole")
    return read_bytes(content)


def _note_tables(file: YamlFile, problems: Problems) -> None:
    """Note every key that names a file."""
    for path, words in TABLE_KEYS.items():
        value: Any = file.data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, str) and value not in words:
            what = f"{'.'.join(path)} is {show(value)}, which names a file: a page in the browser opens none"
            where = f"{WHERE}, line {file.lines[path]}"
            problems.add(ScenarioError(what, where=where, allowed=", ".join(words) or "to leave it out"))


def _bounded(scenario: Scenario) -> None:
    """Refuse a scenario that would run for long."""
    arrivals = scenario.population.arrivals
    if isinstance(arrivals, str) or scenario.rules == "denmark":
        raise ScenarioError(
            "follows the rules or arrivals of Denmark by year, which is not shown here",
            where=WHERE,
            allowed="rules at one date; `ankomst run` takes rules and arrivals by year",
        )
    years = len(arrivals) if isinstance(arrivals, dict) else scenario.population.arrival_years
    problems = Problems()
    for key, value, most in (
        ("horizon.follow_up_months", scenario.horizon.follow_up_months, MAX_FOLLOW_UP),
        ("years with arrivals", years, MAX_YEARS),
    ):
        if value > most:
            what = f"{key} is {value}, too long a run for this page"
            problems.add(ScenarioError(what, where=WHERE, allowed=f"at most {most}"))
    problems.settle()
