"""The bot and its workers."""

from bot.cli import arguments
from bot.cli.commands import finish, flat
from bot.settings import read

commands = flat()


@commands.command(short_help="Run the bot: the local workspace, or a real one.")
def serve() -> None:
    """Run the bot (what app.py does): the local workspace, or the real one when SLACK_BOT_TOKEN is set."""
    settings = read()
    from bot.cli import processes

    finish(processes.serve(settings))


@commands.command(short_help="Run jobs only, beside a bot on the same store.")
def worker() -> None:
    """Run jobs only, beside a bot on the same store, to share its load.

    Needs a real workspace (SLACK_BOT_TOKEN) or REDIS_URL. Any number of workers may run; Ctrl-C or SIGTERM stops one
    after its jobs under way. With JOBS=elsewhere the bots leave all jobs to the workers.
    """
    settings = arguments.worker(read())
    from bot.cli import processes

    finish(processes.worker(settings))
