"""The table of contents of the bot: who listens to what Slack sends."""

from slack_bolt.async_app import AsyncApp

from handlers import (
    assistant,
    boards,
    cases,
    customers,
    deals,
    dossiers,
    endings,
    entryform,
    escalations,
    exchange,
    feedback,
    figures,
    firstruns,
    followups,
    gaps,
    home,
    installations,
    leavers,
    library,
    needs,
    playbook,
    playsharing,
    preferences,
    preparation,
    privacy,
    rephrasing,
    retention,
    reviews,
    revisions,
    riskflags,
    rules,
    search,
    settings,
    sharing,
    staff,
    steps,
    tiering,
    unfurls,
    values,
    visitform,
    visits,
)


def register_all(app: AsyncApp) -> None:
    """Bolt asks listeners in this order, so the busiest come first."""
    customers.register(app)
    followups.register(app)
    exchange.register(app)
    playbook.register(app)
    playsharing.register(app)
    assistant.register(app)
    visits.register(app)
    visitform.register(app)
    escalations.register(app)
    entryform.register(app)
    revisions.register(app)
    reviews.register(app)
    feedback.register(app)
    gaps.register(app)
    preferences.register(app)
    steps.register(app)
    unfurls.register(app)
    rephrasing.register(app)
    settings.register(app)
    privacy.register(app)
    preparation.register(app)
    needs.register(app)
    dossiers.register(app)
    endings.register(app)
    deals.register(app)
    figures.register(app)
    search.register(app)
    library.register(app)
    home.register(app)
    boards.register(app)
    cases.register(app)
    riskflags.register(app)
    sharing.register(app)
    leavers.register(app)
    staff.register(app)
    tiering.register(app)
    values.register(app)
    rules.register(app)
    retention.register(app)
    installations.register(app)
    firstruns.register(app)
