"""What describes the files of a result: models that take nothing for something else, and what they say."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from ankomst.errors import show


class Strict(BaseModel):
    """Base of the models: no text becomes a number, no number a text; keys that are not named are free."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


def first_problem(problem: ValidationError) -> str:
    """Say where in a file the first problem lies, and what it is."""
    first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
    place = show(".".join(map(str, first["loc"])), 80) if first["loc"] else "it"
    said = str(first["msg"]).removeprefix("Value error, ").replace("Input should", "should")
    return f"{place} {'is missing' if first['type'] == 'missing' else said.partition(' or instance of')[0]}"
