"""How likely a clause is a promise: learnt from marked notes, and tested with whole voices left out."""

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.calendars import WorkCalendar
from bot.domain.commitments import SURE
from bot.domain.commitments.candidates import Candidate
from bot.domain.facts import Side
from bot.domain.marked import lessons, marked_note
from bot.loading import ROOT
from bot.matching import Matcher, promises
from bot.matching.model import Encoder
from bot.matching.ngrams import Floats
from bot.matching.promises import load_or_train, train
from bot.storage.playbooks import marked_notes
from tests.builders import weekdays

LINES = (
    "{ours|我周五发报价}",
    "{ours|我明天给他方案}",
    "{theirs|他周五给流水}",
    "{theirs|会计明天给我发票}",
    "9月25日到期",
    "周五他们开会",
)


def candidates(*texts: str) -> list[Candidate]:
    return [candidate for candidate, _, _ in lessons([marked_note("asked", text) for text in texts], weekdays)]


def test_what_is_plain_is_weighed_plainly(matcher: Matcher) -> None:
    """Ours, theirs, and a habit that is none."""
    ours, theirs, habit = matcher.weigh(candidates("我周四之前给她一份对比", "他周五把流水发给我", "他们25号付供应商"))
    assert ours[Side.OURS] > 0.9
    assert theirs[Side.THEIRS] > 0.9
    assert max(habit.values()) < SURE
    assert matcher.weigh([]) == []


def test_what_was_learnt_is_read_back(tmp_path: Path, matcher: Matcher, caplog: pytest.LogCaptureFixture) -> None:
    """The same figures without training; a damaged file or other notes train anew and leave one file."""
    notes, asked = [marked_note("few", line) for line in LINES], candidates("我周四给她对比", "他周四给我对账单")
    encoder = matcher.model.encoder
    first = load_or_train(notes, encoder, tmp_path).weigh(asked)
    (stored,) = tmp_path.glob("promises-*.npz")
    assert load_or_train(notes, encoder, tmp_path).weigh(asked) == first
    stored.write_bytes(b"damaged")
    with caplog.at_level(logging.WARNING):
        assert load_or_train(notes, encoder, tmp_path).weigh(asked) == first
    assert "cannot be read" in caplog.text
    load_or_train(notes[:-1], encoder, tmp_path)
    assert [path.name for path in tmp_path.glob("promises-*.npz")] != [stored.name]
    assert len(list(tmp_path.glob("promises-*.npz"))) == 1


class Remembering(Encoder):
    """Works out each vector once for all rounds."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Floats] = {}

    def __call__(self, texts: Sequence[str]) -> Floats:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known.update(zip(new, super().__call__(new), strict=True))
        return np.stack([self.known[text] for text in texts])


ROUNDS = 9
OTHERS = ("sent", "turns", "writer-")
"""Groups of single lines, and those whose writers test_notes.py leaves out."""


@pytest.mark.soak
def test_voices_that_were_left_out() -> None:
    """Notes (not the lines made to be hard) of each voice, by what the other voices teach: docs/reading.md has both."""
    notes = marked_notes(ROOT / "playbooks")
    learnt = lessons(notes, WorkCalendar())
    groups, encoder = sorted({group for *_, group in learnt}), Remembering()
    right = read = 0
    for turn in range(ROUNDS):
        away = set(groups[turn::ROUNDS])
        model = train([(each, side) for each, side, group in learnt if group not in away], encoder)
        rows = [(each, side) for each, side, group in learnt if group in away and not group.startswith(OTHERS)]
        for (each, side), odds in zip(rows, model.weigh([each for each, _ in rows]), strict=True):
            by = each.by if "promise" in each.signs else max(odds, key=lambda one: odds[one])
            read += odds[by] >= SURE
            right += odds[by] >= SURE and by is side
    meant = sum(len(note.marks) for note in notes if not note.group.startswith(OTHERS))
    assert right / read >= 0.85, f"{right}/{read}"
    assert right / meant >= 0.7, f"{right}/{meant}"


def test_a_changed_rule_for_days_is_learnt_anew() -> None:
    """Every file that finds days counts, wherever the rules have been moved to."""
    files = {Path(str(each.__file__)) for name, each in sys.modules.items() if name.startswith("bot.domain.dates")}
    assert len(files) > 1
    assert files <= set(promises.RULES)


def test_every_process_finds_what_another_has_learnt() -> None:
    """A note with two days in a mark is the same note in each: otherwise every start would train anew."""
    program = (
        "from bot.loading import ROOT; from bot.storage.playbooks import marked_notes; "
        "from bot.matching import promises; print(promises._fingerprint(marked_notes(ROOT / 'playbooks')))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
