"""`doctor`: what is fine, what is worth knowing, what is a fault."""

import asyncio

from bot import assembly
from tests.cli.conftest import Bot, Company, running_slack


async def test_a_fresh_local_workspace_has_no_fault(bot: Bot) -> None:
    """What has not been started yet is worth a note, not a fault."""
    ran = await bot("doctor")
    assert ran.code == 0
    assert "✗" not in ran.out
    assert "! Slack: the local workspace does not run" in ran.out
    assert "✓ store: no acknowledged write is lost" in ran.out
    assert "✓ manifest.yml fits the code" in ran.out


async def test_a_real_workspace_is_asked_for_its_scopes(bot: Bot, company: Company) -> None:
    """A token that lacks a scope of the manifest is a fault, told with what to do."""
    manifest = assembly.load_manifest()
    manifest["oauth_config"]["scopes"]["bot"].remove("users:read")
    async with running_slack(manifest=manifest) as poor:
        rich_ran, poor_ran = await asyncio.gather(
            bot("doctor", **company.environment),
            bot("doctor", **{**company.environment, "SLACK_API_URL": f"{poor.base_url}/api/"}),
        )
    assert (rich_ran.code, poor_ran.code) == (0, 1)
    assert "✓ Slack: the token has every scope" in rich_ran.out
    assert "✓ Slack: the app-level token works" in rich_ran.out
    assert "✗ Slack: the token lacks users:read\n    → " in poor_ran.out


async def test_every_fault_is_told_at_once(bot: Bot) -> None:
    """Neither a missing store nor a wrong key keeps the doctor from looking at the rest."""
    settings, rest = await asyncio.gather(
        bot("doctor", SLACK_BOT_TOKEN="nonsense", DEFAULT_TZ="Nowhere"),
        bot("doctor", REDIS_URL="redis://127.0.0.1:1", FIELD_KEYS="short"),
    )
    assert (settings.code, rest.code) == (1, 1)
    assert settings.out.count("✗") == 2
    assert rest.out.count("✗") == 2
    assert "✗ store: REDIS_URL: nothing answers at redis://127.0.0.1:1" in rest.out
    assert "! Slack: " in rest.out
