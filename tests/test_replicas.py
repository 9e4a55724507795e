"""Several bots on one store are one product."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.customer import NewCustomer, Tier
from bot.domain.note import VisitForm
from bot.domain.visit import Channel
from tests.fakes import FixedClock
from tests.world import LIN, TEAM, opened_world


@pytest.mark.usefixtures("redis")
async def test_a_write_on_one_replica_shows_in_the_next_read_on_another(
    store_url: str, models_dir: Path, clock: FixedClock
) -> None:
    """A note saved through one bot is in the brief that the other one gives right after."""
    async with (
        opened_world(store_url, models_dir, clock) as first,
        opened_world(store_url, models_dir, clock) as second,
    ):
        actor = await first.services.members.actor(TEAM, LIN)
        customer = await first.services.customers.create(actor, NewCustomer("远大纺织", Tier.A))
        for number in range(5):
            clock.advance(timedelta(minutes=1))
            form = VisitForm(
                form_id=f"form-{number}",
                customer=customer.id,
                on=actor.today(clock()),
                channel=Channel.PHONE,
                note=f"第{number}次通话",
            )
            await first.services.visits.save(actor, form)
            await second.slack.person(LIN).command("/customer", "远大纺织")
            assert f"第{number}次通话" in str(second.slack.deliveries[-1].answer)
