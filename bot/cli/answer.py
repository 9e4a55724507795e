"""Answering objections in the terminal: a card to read, or JSON lines to measure with."""

import html
import io
import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import app
from bot import text as texts
from bot.cli import OperatorError
from bot.cli.desk import read_settings
from bot.clock import system_clock
from bot.domain.playbook import Playbook
from bot.matching import Answer, Decision, Matcher
from bot.services.playbook import MAX_QUESTION, language_of
from bot.views import playbook as views
from bot.views.blocks import Block
from bot.views.playbook import Shown

MAX_HITS: Final = 10


def run(query: str, batch: Path | None, *, as_json: bool) -> int:
    query = query.strip()
    if bool(query) == (batch is not None):
        raise OperatorError(
            'Say what the customer said, as in: answer "the fee is too high", or give --batch FILE.tsv.'
        )
    if len(query) > MAX_QUESTION:
        raise OperatorError(f"That is {len(query)} characters; up to {MAX_QUESTION} can be answered.")
    queries = [query] if batch is None else _queries(batch)
    settings = read_settings()
    playbook = app.load_playbook()
    matcher = app.load_matcher(settings, playbook)
    if as_json or batch is not None:
        _print_lines(queries, matcher)
    else:
        print(_card(matcher.answer(query), playbook))
    return 0


def _queries(file: Path) -> list[str]:
    """The column `query` of a table of tab-separated values. Raises OperatorError."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise OperatorError(f"{file} is not UTF-8 text.") from error
    header = lines[0].rstrip("\r").split("\t")
    if "query" not in header:
        raise OperatorError(f"{file}: the first line names no column `query`; columns are separated by tabs.")
    column = header.index("query")
    rows = [line.rstrip("\r").split("\t") for line in lines[1:] if line.strip()]
    return [cells[column] if column < len(cells) else "" for cells in rows]


def _print_lines(queries: Sequence[str], matcher: Matcher) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8 whatever the terminal speaks
    for query in queries:
        started = time.perf_counter()
        answer = matcher.answer(query)
        line = {
            "query": query,
            "decision": answer.decision.value,
            "hits": [{"id": hit.id, "score": hit.score} for hit in answer.hits[:MAX_HITS]],
            "ms": round(1000 * (time.perf_counter() - started), 2),
        }
        print(json.dumps(line, ensure_ascii=False))


def _card(answer: Answer, playbook: Playbook) -> str:
    """What Slack would show, in the question's language."""
    lang = language_of(answer.query, "en")
    text = texts.load(lang)
    hits = [(playbook.entries[hit.id], Shown(hit.id, lang, hit.matched)) for hit in answer.hits[:2]]
    if answer.decision is Decision.ONE:
        entry, shown = hits[0]
        return _plain(views.card(entry, shown, playbook, text, system_clock().date()))
    if answer.decision is Decision.SEVERAL:
        cards = [_plain(views.compact(entry, shown, text, row)) for row, (entry, shown) in enumerate(hits)]
        return "\n\n".join([text("answer.several"), *cards])
    intro = text("answer.choose") if answer.decision is Decision.CHOOSE else text("cli.none")
    return "\n".join([intro, *(f"  • {entry.title.in_(lang)}  ({entry.id})" for entry, _ in hits)])


def _plain(blocks: Sequence[Block]) -> str:
    """The words of a message without Slack's markup; buttons are left out."""
    paragraphs = [block["text"]["text"] for block in blocks if "text" in block]
    paragraphs += [
        part["text"] for block in blocks if block["type"] == "context" for part in block["elements"] if "text" in part
    ]
    return "\n\n".join(_unmarked(each) for each in paragraphs)


def _unmarked(mrkdwn: str) -> str:
    bare = re.sub(r"(?<!\w)([*_])(\S.*?)\1(?!\w)", r"\2", mrkdwn)
    return html.unescape(re.sub(r"^&gt;|^>", "  ", bare, flags=re.MULTILINE))
