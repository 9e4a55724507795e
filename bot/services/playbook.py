"""Finding the play for what a customer said."""

import re
import uuid
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.entry import Entry, Lang
from bot.domain.playbook import Playbook
from bot.domain.question import Question
from bot.domain.user import User
from bot.errors import EntryNotFoundError
from bot.matching import Answer, Decision, Matcher
from bot.storage.questions import QuestionStore

MAX_QUESTION = 1000

_HAN = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class PlaybookService:
    playbook: Playbook
    matcher: Matcher | None
    """None in processes where nobody asks anything, such as a worker: there nothing is found."""
    questions: QuestionStore
    now: Clock

    def match(self, text: str) -> Answer:
        return self.matcher.answer(text) if self.matcher is not None else Answer(text, Decision.NONE)

    async def answer(self, actor: User, text: str) -> Answer:
        """Ranks the plays; a question that nothing fits is kept for the editors."""
        answer = self.match(text)
        if answer.decision is Decision.NONE and text.strip():
            question = Question(id=uuid.uuid4().hex, asked_by=actor.user_id, asked_at=self.now(), text=text)
            await self.questions.keep(actor.team_id, question)
        return answer

    def entry(self, entry_id: str) -> Entry:
        entry = self.playbook.find(entry_id)
        if entry is None:
            raise EntryNotFoundError
        return entry


def language_of(text: str, otherwise: Lang) -> Lang:
    """The play follows the language of the question: Chinese as soon as there is a Chinese character."""
    if _HAN.search(text):
        return "zh"
    return "en" if re.search(r"[A-Za-z]{2}", text) else otherwise
