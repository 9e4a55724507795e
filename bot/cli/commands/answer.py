"""What Slack would answer."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import arguments
from bot.cli.commands import finish, flat
from bot.settings import read

commands = flat()


@commands.command(short_help="Find the play for an objection, as Slack would.")
def answer(
    words: Annotated[list[str] | None, typer.Argument(metavar="TEXT", hidden=True)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line instead of a card.")] = False,
    batch: Annotated[
        Path | None,
        typer.Option("--batch", metavar="FILE.tsv", help="Answer each row's `query`; one JSON line per row."),
    ] = None,
    kind: Annotated[
        str,
        typer.Option("--kind", metavar="KIND", help="objections, signals, discovery, negotiation, relationship, all."),
    ] = "objections",
) -> None:
    """Find the play for an objection, as Slack would; with --kind, entries of another kind or of all.

    \b
    Examples:
      python -m bot answer "你们费率太高了"
      python -m bot answer "the fee is too high" --json
      python -m bot answer "what if the buyer goes under" --kind all
      python -m bot answer --batch tests/data/dev-queries.tsv

    A JSON line has query, decision (one, choose, several or none), hits (up to 10 of id and score, best first), ms.
    """
    questions, kinds, settings = arguments.questions(words or (), batch), arguments.kinds(kind), read()
    from bot.cli import answer as command

    finish(command.run(questions, kinds, settings, as_lines=as_json or batch is not None))
