"""Production's log within a test run."""

import sys
import threading
import warnings

from bot.settings import LogFormat
from bot.telemetry import logs


def configured(level: str, log_format: LogFormat = LogFormat.TEXT) -> None:
    """What Python calls for errors that nobody catches stays pytest's, which fails the test then."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
    logs.configure(level, log_format)
    sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning = before
