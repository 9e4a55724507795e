"""What is asked of Slack: where its token may go."""

import pytest

from bot.slack import is_at_slack


@pytest.mark.parametrize(
    ("url", "api_url", "is_there"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.xlsx", "https://slack.com/api/", True),
        ("https://acme.enterprise.slack.com/files-pri/F1", "https://slack.com/api/", True),
        ("http://127.0.0.1:3000/files-pri/F1/a.csv", "http://127.0.0.1:3000/api/", True),
        ("http://127.0.0.1:3001/files-pri/F1/a.csv", "http://127.0.0.1:3000/api/", False),
        ("http://files.slack.com/files-pri/F1", "https://slack.com/api/", False),
        ("https://files.slack.com:8443/files-pri/F1", "https://slack.com/api/", False),
        ("https://evilslack.com/F1", "https://slack.com/api/", False),
        ("https://files.slack.com.evil.example/F1", "https://slack.com/api/", False),
        ("https://files.slack.com@evil.example/F1", "https://slack.com/api/", False),
        ("https://evil.example\\@files.slack.com/F1", "https://slack.com/api/", False),
        ("https://evil.example%2f.slack.com/F1", "https://slack.com/api/", False),
        ("https://docs.google.com/spreadsheets/d/1", "https://slack.com/api/", False),
        ("https://[broken/F1", "https://slack.com/api/", False),
        ("", "https://slack.com/api/", False),
    ],
)
def test_the_token_goes_to_slack_only(url: str, api_url: str, is_there: bool) -> None:
    assert is_at_slack(url, api_url) is is_there
