"""The ways on which customers leave the app without a listener of their own: did this one go with it?"""

from bot.domain.customer import Customer
from bot.domain.webhook import Delivery, EventType
from tests.handlers.scene import Scene
from tests.world import TEAM


async def export(scene: Scene, customer: Customer) -> bool:
    """`/factormate export`, by whoever asks: what is in the file that comes back."""
    known = len(scene.me.dm_messages())
    await scene.me.command("/factormate", "export csv")
    await scene.world.quiet()
    listed = [each for message in scene.me.dm_messages()[known:] for each in message.files]
    files = [scene.world.slack.state.files.get(each["id"]) for each in listed]
    assert files, "an export comes back to everybody, be it an empty one"
    return any(customer.id in file.content.decode() for file in files if file)


async def operators_export(scene: Scene, customer: Customer) -> bool:
    """`python -m bot customers export`, of this workspace."""
    kept = await scene.world.services.exports.whole(TEAM, by="operator")
    return customer.id in [each.id for each in kept.customers]


async def operators_look(scene: Scene, customer: Customer) -> bool:
    """What `customers end` and `privacy erase` take for a name, in this workspace."""
    return customer.id in [each.id for each in await scene.world.services.privacy.customers(TEAM, customer.name)]


async def webhook(scene: Scene, customer: Customer) -> bool:
    """What an endpoint of this workspace would be told, were the customer's id noted here."""
    services = scene.world.services
    endpoint = await services.webhooks.add(
        TEAM, "https://crm.example.com/hooks", [EventType.CUSTOMER_CHANGED], with_text=True, by="test"
    )
    delivery = Delivery(
        id="d1",
        event_id="m1",
        type=EventType.CUSTOMER_CHANGED,
        subject_id=customer.id,
        at=services.workspaces.now(),
        endpoint_id=endpoint.id,
    )
    found = await services.webhooks.message(TEAM, delivery)
    await services.webhooks.remove(TEAM, endpoint.id, by="test")
    return found is not None and found[1]["data"]["name"] == customer.name
