"""The keys that notes are encrypted with."""

from bot.cli.commands import finish, group
from bot.settings import read

commands = group("The keys that notes are encrypted with.")


@commands.command(short_help="Print a new key for FIELD_KEYS.")
def new() -> None:
    """Print a new key for FIELD_KEYS. Put it first and keep the older ones, which open what they sealed."""
    from bot.storage.sealing import new_key

    print(new_key())


@commands.command(short_help="Seal everything with the first key, beside running bots.")
def rotate() -> None:
    """Seal everything that is encrypted in the store with the first key of FIELD_KEYS, beside running bots.

    First put a new key (python -m bot keys new) before the old one in FIELD_KEYS and restart every bot and worker.
    Ctrl-C stops it; run again, it goes on. At the end every value has been opened once, and you are told which keys
    can be removed. Backups made before need the old key. Exit code 1: something is left, and it says what.

    \b
    Example:
      FIELD_KEYS=new-key,old-key python -m bot keys rotate
    """
    settings = read()
    from bot.cli import keys as command

    finish(command.rotate(settings))
