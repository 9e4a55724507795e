"""The store in a file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.commands import finish, flat
from bot.settings import read

commands = flat()


@commands.command(short_help="Write the whole store into a file.")
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)]) -> None:
    """Write the whole store into a file, beside running bots.

    What is encrypted stays so: the file says which keys it needs. Keep FIELD_KEYS (or the file field-keys under
    DATA_DIR) and the file erasures.jsonl apart from it; docs/operations.md says what stands in it readable.

    \b
    Example:
      python -m bot backup factormate-2026-11-27.gz
    """
    settings = read()
    from bot.cli import backups as command

    finish(command.backup(file, settings))


@commands.command(short_help="Fill the store from a backup.")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    replace: Annotated[bool, typer.Option("--replace", help="Empty the store first, if it holds anything.")] = False,
) -> None:
    """Fill an empty store from a backup, while no bot runs; who was erased since is erased again.

    The backup may come from an embedded store and go to Redis, or the other way. It is read to its end and tried
    against FIELD_KEYS before anything is touched.

    \b
    Examples:
      python -m bot restore factormate-2026-11-27.gz
      python -m bot restore factormate-2026-11-27.gz --replace
    """
    settings = read()
    from bot.cli import backups as command

    finish(command.restore(file, settings, replace=replace))
