"""Trains in a process of its own: training texts on standard input, the model into the file named."""

import json
import sys
from pathlib import Path
from typing import Any

from bot.matching.model import Encoder, Training, train, write

if __name__ == "__main__":
    values: dict[str, Any] = json.load(sys.stdin)
    training = Training(
        ids=tuple(values["ids"]),
        objections=values["objections"],
        texts=tuple(values["texts"]),
        labels=tuple(values["labels"]),
        about_objections=values["about_objections"],
    )
    write(Path(sys.argv[1]), train(training, Encoder()))
