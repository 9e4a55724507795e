"""A question no play fitted."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Question(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: str
    asked_by: str
    asked_at: datetime
    text: str
