"""The local workspace: an emulator of Slack's HTTP and Socket Mode, and its page. It knows nothing of the bot."""

from bot.sandbox.acks import SubmitResult
from bot.sandbox.emulator import Emulator
from bot.sandbox.messages import Message
from bot.sandbox.oauth import OAuthDesk
from bot.sandbox.person import ActingPerson
from bot.sandbox.recorded import Call, Delivery
from bot.sandbox.views import View
from bot.sandbox.workspace import BusinessClock, Channel, Person, UserGroup, Workspace, demo_workspace

__all__ = [
    "ActingPerson",
    "BusinessClock",
    "Call",
    "Channel",
    "Delivery",
    "Emulator",
    "Message",
    "OAuthDesk",
    "Person",
    "SubmitResult",
    "UserGroup",
    "View",
    "Workspace",
    "demo_workspace",
]
