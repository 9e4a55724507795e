"""What Slack's Web API refuses, by Slack's own error names."""

from typing import Any


class ApiError(Exception):
    """Becomes `{"ok": false, "error": …}` with the given extras."""

    def __init__(self, error: str, **extras: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extras = extras

    def answer(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, **self.extras}


class RateLimitedError(ApiError):
    """Becomes HTTP 429 with Retry-After."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


def refused_blocks(error: str, problems: list[str]) -> ApiError:
    return ApiError(error, errors=problems, response_metadata={"messages": problems})
