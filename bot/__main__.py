"""`python -m bot …`, the command line."""

import os
import signal
import sys

if __name__ == "__main__":
    # Ctrl-C while libraries are loaded; the commands have their own ways to end.
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    try:
        from bot.cli.main import main
    except ModuleNotFoundError as error:
        sys.exit(f"factormate: this Python lacks {error.name}; run .venv/bin/python -m bot (`make run` installs it)")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
