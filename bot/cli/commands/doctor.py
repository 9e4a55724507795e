"""Whether all is well."""

from bot.cli.commands import finish, flat

commands = flat()


@commands.command(short_help="Check the installation; say what to do about each fault.")
def doctor() -> None:
    """Check settings, store, Slack, manifest, calendar and keys; say what to do about each fault.

    ✓ is fine, ! is worth knowing, ✗ is a fault; with any ✗ the exit code is 1.
    """
    from bot.cli import doctor as command

    finish(command.run())
