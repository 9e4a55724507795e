"""Answering objections in the terminal: a card to read, or JSON lines to measure with."""

import html
import io
import json
import re
import sys
import time
from collections.abc import Sequence
from typing import Final

from bot import loading
from bot import text as texts
from bot.cli.desk import prepare
from bot.clock import system_clock
from bot.domain.entry import Kind
from bot.domain.playbook import Playbook
from bot.matching import Answer, Decision, Matcher
from bot.services.playbook import language_of
from bot.settings import Settings
from bot.views import playbook as views
from bot.views.blocks import Block
from bot.views.shown import Shown

MAX_HITS: Final = 10


def run(questions: Sequence[str], kinds: frozenset[Kind], settings: Settings, *, as_lines: bool) -> int:
    """A card for the only question, or a JSON line for each."""
    prepare(settings)
    playbook = loading.playbook()
    matcher = loading.matcher(settings, playbook)
    if as_lines:
        _print_lines(questions, kinds, matcher)
    else:
        print(_card(matcher.answer(questions[0], kinds), playbook))
    return 0


def _print_lines(queries: Sequence[str], kinds: frozenset[Kind], matcher: Matcher) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8 whatever the terminal speaks
    for query in queries:
        started = time.perf_counter()
        answer = matcher.answer(query, kinds)
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
