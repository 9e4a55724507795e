"""A question no play fitted."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Question(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: str
    asked_by: str
    asked_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with the entries it asks for: none where it is out of scope, two where it holds two objections."""

    query: str
    ids: tuple[str, ...]
    style: str

    @property
    def group(self) -> str:
        """What its style begins with: the language."""
        return self.style.split("-")[0]
