"""`doctor`: what is fine, what is worth knowing, what is a fault."""

import asyncio
from datetime import date

from bot import appmanifest
from bot.domain.customer import NewCustomer, Tier
from bot.domain.note import VisitForm
from bot.domain.visit import Channel
from bot.storage.sealing import new_key
from tests.cli.conftest import Bot, Company, Processes, running_slack
from tests.world import LIN, TEAM


async def test_a_fresh_local_workspace_has_no_fault(processes: Processes) -> None:
    """What has not been started yet is worth a note, not a fault."""
    ran = await processes("doctor")
    assert ran.code == 0
    assert "✗" not in ran.out
    assert "! Slack: the local workspace does not run" in ran.out
    assert "✓ store: no acknowledged write is lost" in ran.out
    assert "✓ manifest.yml fits the code" in ran.out


async def test_a_real_workspace_is_asked_for_its_scopes(bot: Bot, company: Company) -> None:
    """A token that lacks a scope of the manifest is a fault, told with what to do."""
    manifest = appmanifest.load()
    manifest["oauth_config"]["scopes"]["bot"].remove("usergroups:read")
    async with running_slack(manifest=manifest) as poor:
        rich_ran, poor_ran = await asyncio.gather(
            bot("doctor", **company.environment),
            bot("doctor", **{**company.environment, "SLACK_API_URL": f"{poor.base_url}/api/"}),
        )
    assert (rich_ran.code, poor_ran.code) == (0, 1)
    assert "✓ Slack: the token has every scope" in rich_ran.out
    assert "✓ Slack: the app-level token works" in rich_ran.out
    assert "✗ Slack: the token lacks usergroups:read\n    → " in poor_ran.out


async def test_something_that_is_not_slack(bot: Bot, company: Company) -> None:
    """A proxy's page, or a path that is not there, is not the token's fault."""
    api_url = f"{company.slack.base_url}/elsewhere/"
    ran = await bot("doctor", **{**company.environment, "SLACK_API_URL": api_url})
    assert ran.code == 1
    assert f"✗ Slack: SLACK_API_URL: Slack can't be reached at {api_url}" in ran.out


async def test_a_data_folder_that_is_a_file(bot: Bot) -> None:
    """Everything that does not need it is looked at all the same."""
    ran = await bot("doctor", DATA_DIR=bot.file("data", ""))
    assert ran.code == 1
    assert "✗ store: DATA_DIR: " in ran.out
    assert "Slack: " in ran.out


async def test_a_key_that_got_lost(bot: Bot, company: Company) -> None:
    """No advice to make a new one, which would open nothing."""
    lin = await company.services.members.actor(TEAM, LIN)
    form = VisitForm("V1", NewCustomer("远大纺织", Tier.A), date(2026, 3, 2), Channel.VISIT, "嫌费率高")
    await company.services.visits.save(lin, form)
    ran = await bot("doctor", **{**company.environment, "FIELD_KEYS": new_key()})
    assert f"✗ {TEAM}: stored notes don't open" in ran.out
    assert ran.code == 1
    assert "keys new" not in ran.out


async def test_every_fault_is_told_at_once(bot: Bot) -> None:
    """Neither a missing store nor a wrong key keeps the doctor from looking at the rest."""
    settings, rest = await asyncio.gather(
        bot("doctor", SLACK_BOT_TOKEN="nonsense", DEFAULT_TZ="Nowhere"),
        bot("doctor", REDIS_URL="redis://127.0.0.1:1", FIELD_KEYS="short"),
    )
    assert (settings.code, rest.code) == (1, 1)
    assert settings.out.count("✗") == 2
    assert rest.out.count("✗") == 2
    assert "✗ store: REDIS_URL: the store at redis://127.0.0.1:1 can't be used" in rest.out
    assert "! Slack: " in rest.out
