"""`ankomst check`: validate scenario files, say what they change, and write their JSON Schema."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ankomst.commands import console
from ankomst.errors import AnkomstError, OutputError, show
from ankomst.policy.file_schema import schema_text
from ankomst.policy.grants import ResultGrant
from ankomst.policy.scenario import diff, load_scenario, reference_policy
from ankomst.studies import store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def check(specs: Sequence[str], *, changes: Sequence[str], quiet: bool, as_json: bool) -> bool:
    """Check scenarios, all of them, and return whether all are sound."""
    overrides = console.read_overrides(changes)
    found = [_one(spec, overrides) for spec in specs]
    bad = [entry for entry in found if not entry["ok"]]
    for entry in bad:
        print(f"error: {entry['error']}", file=sys.stderr)  # noqa: T201
    if as_json:
        console.print_json(found)
    elif not quiet:
        screen = console.out_console()
        for entry in found:
            if not entry["ok"]:
                screen.print(f"{entry['file']}: not usable")
                continue
            screen.print(f"{entry['file']}: ok, {entry['title']} ({entry['title_da']})", soft_wrap=True)
            screen.print(f"  policy hash {entry['policy_hash']}")
            for line in entry["differences"]:
                now, before = _brief(line["value"]), _brief(line["reference"])
                screen.print(f"  {line['key']}: {now} (reference: {before})", soft_wrap=True)
            if not entry["differences"]:
                screen.print("  the reference policy: three_year+grant_2013")
        screen.print(f"{len(found) - len(bad)} of {len(found)} scenarios are sound")
    return not bad


def write_schema(out: Path | None) -> None:
    """Print the JSON Schema of scenario files, or write it to a file."""
    text = schema_text()
    if out is None:
        sys.stdout.write(text)
        return
    if not out.parent.is_dir():
        raise OutputError("the folder of the file does not exist", where=str(out))
    store.write_text(out, text)


def _brief(value: object) -> str:
    """Write a value on one line; of grants only what differs from a grant's defaults."""
    if not isinstance(value, list) or not all(isinstance(grant, dict) for grant in value):
        return show(value, 300)
    said = []
    for grant in value:
        usual = ResultGrant(outcome=grant["outcome"], schedule=grant["schedule"]).model_dump(mode="json")
        own = [f"{key} {item}" for key, item in grant.items() if item != usual[key]]
        said.append(", ".join([f"{grant['outcome']} {grant['schedule']}", *own]))
    return "; ".join(said) or "none"


def _one(spec: str, overrides: dict[str, Any]) -> dict[str, Any]:
    try:
        scenario = load_scenario(console.find_scenario(spec), overrides)
        digest = scenario.policy_hash
    except AnkomstError as error:
        return {"file": spec, "ok": False, "error": str(error)}
    return {
        "file": spec,
        "ok": True,
        "title": scenario.title,
        "title_da": scenario.title_da,
        "source": scenario.source,
        "policy_hash": digest,
        "differences": [
            {"key": key, "reference": before, "value": after}
            for key, before, after in diff(reference_policy(), scenario)
        ],
    }
