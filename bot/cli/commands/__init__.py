"""Every command with its arguments and its help, one file a subject. What a command needs is imported when it runs, so
that `--help` and the light commands answer at once: the store, Slack and the matcher take longer to import than those
take to run."""

from typing import Annotated, NoReturn

import typer

Workspace = Annotated[
    str | None, typer.Option("--workspace", metavar="T…", help="Which workspace, where the store holds several.")
]


def group(about: str) -> typer.Typer:
    """Commands under a common word, as `roles list` and `roles set`."""
    return typer.Typer(
        help=about,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def flat() -> typer.Typer:
    """Commands that stand alone, as `doctor`."""
    return typer.Typer(rich_markup_mode=None)


def finish(exit_code: int) -> NoReturn:
    """Ends the command; to be called last in each."""
    raise typer.Exit(exit_code)
