"""What a process settles about itself before anything else: which variables nobody else may read.

Apart from `app.py`, whose imports take longer than most commands run.
"""

import os

from bot.settings import Settings


def forget_environment(settings: Settings) -> None:
    """Bolt reads these by itself, ignores our token when it finds an OAuth client, and proxies even loopback."""
    for name in [each for each in os.environ if each.startswith("SLACK_")]:
        os.environ.pop(name)
    if settings.is_local:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            os.environ.pop(name, None)
