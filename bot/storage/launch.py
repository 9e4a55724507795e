"""Becomes the store's server, tied to the life of the bot. A script of its own, run by embedded.py:

    python -I -S launch.py BOT_PID SERVER ARGUMENT...

Linux ends the server with the bot, however the bot ends. A hook between fork and exec could ask for that as well, but
is not safe in a process with threads. Elsewhere the next start stops a server left behind.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    bot, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != int(bot):  # it died before we asked
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - becoming that server is the purpose # nosec B606


if __name__ == "__main__":
    main()
