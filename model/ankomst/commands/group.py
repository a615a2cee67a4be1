"""The group of all commands: what is imported when, how commands end, and how help lists them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from ankomst.errors import AnkomstError
from ankomst.report.writers.streams import flush, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typer._click import Command as TyperCommand
    from typer._click import HelpFormatter

    from ankomst.commands.options import CommandOption

INTERRUPTED = 130


@dataclass(frozen=True)
class Command:
    """A command: where its function is, what help says of it, and its options.

    The function is imported when the command is run. It takes the values of all options by name; it ends the
    command with status 1 where it returns False.
    """

    target: str
    help: str
    options: tuple[CommandOption, ...] = ()

    def function(self) -> Callable[..., Any]:
        """Import the function, `module:function` in `ankomst.commands`."""
        module, _, name = self.target.partition(":")
        found: Callable[..., Any] = getattr(import_module(f"ankomst.commands.{module}"), name)
        return found

    def built(self, name: str) -> TyperCommand:
        """Return the command for typer, which reads its options from a signature."""

        def call(**values: Any) -> None:  # noqa: ANN401 - what the options hold
            if self.function()(**values) is False:
                raise typer.Exit(1)

        call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # inspect looks for it
            [
                inspect.Parameter(
                    each.name, inspect.Parameter.KEYWORD_ONLY, default=each.declared(), annotation=each.kind
                )
                for each in self.options
            ]
        )
        single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        single.command(name, help=self.help)(call)
        return typer.main.get_command(single)


@dataclass(frozen=True)
class Commands(Mapping[str, Any]):
    """Commands below one name, each built when it is asked for."""

    help: str
    table: Mapping[str, Command | Commands]

    def __getitem__(self, name: str) -> TyperCommand:
        """Build a command."""
        return self.table[name].built(name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, in the order of help."""
        return iter(self.table)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.table)

    def app(self) -> typer.Typer:
        """Return the group for typer."""

        class Group(LazyGroup):
            lazy = self

        app = typer.Typer(
            cls=Group, no_args_is_help=True, add_completion=False, rich_markup_mode=None,
            pretty_exceptions_enable=False, help=self.help,
        )  # fmt: skip
        app.callback()(lambda: None)
        return app

    def built(self, name: str) -> TyperCommand:
        """Return the group as a command of another."""
        command = typer.main.get_command(self.app())
        command.name = name
        return command


class LazyGroup(TyperGroup):
    """Commands whose errors are one line each: what went wrong and what would do."""

    lazy: Commands

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - as in the base
        super().__init__(**given)
        self.commands = self.lazy  # type: ignore[assignment]  # nobody adds to them

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the names without building any command."""
        del ctx
        return list(self.lazy)

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # noqa: ANN401 - as in the base
        """Run a command; an error of the input or the surroundings ends it with status 1."""
        try:
            return super().invoke(ctx)
        except AnkomstError as error:
            problems = [*map(str, error.problems)]
        except KeyboardInterrupt as stop:
            with suppress(OSError):  # the terminal may be closed
                say(str(stop) or "interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            flush()  # the reader has what it wanted
            raise typer.Exit(0) from None
        except OSError as error:
            problems = [f"{error.filename or 'file'}: {error.strerror or error}"]
        for problem in problems:
            say(f"error: {problem}")
        raise typer.Exit(1) from None

    def format_commands(self, ctx: typer.Context, formatter: HelpFormatter) -> None:  # type: ignore[override]
        """List the commands, each with the whole of its first sentence."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.help) for name, each in self.lazy.table.items()])
