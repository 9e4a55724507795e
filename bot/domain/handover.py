"""A customer handed over from one account manager to another."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class HandOver(BaseModel):
    """`id` comes from the form: one sent twice is one hand-over."""

    model_config = ConfigDict(frozen=True)
    id: str
    customer_id: str
    from_id: str
    to_id: str
    by: str
    at: datetime
