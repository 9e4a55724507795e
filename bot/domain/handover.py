"""A customer handed over from one account manager to another."""

from datetime import datetime

from bot.domain.stored import Stored


class HandOver(Stored):
    """`id` comes from the form: one sent twice is one hand-over."""

    id: str
    customer_id: str
    from_id: str
    to_id: str
    by: str
    at: datetime
