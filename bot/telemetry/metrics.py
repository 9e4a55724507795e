"""The figures a process keeps about itself, for Prometheus. `docs/monitoring.md` says what each one means.

There is one set a process, as there is one root logger: whoever has something to count needs nothing handed in.
Labels only hold what this program names itself, never a workspace, a person, a customer or what somebody else wrote:
their number is known, and they tell nothing about anybody.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.exposition import choose_encoder
from prometheus_client.process_collector import ProcessCollector

from bot import __version__
from bot.domain.notice import NoticeKind

REGISTRY: Final = CollectorRegistry()

ACK_SECONDS: Final = 3.0
"""Slack waits so long, then it shows the person a failure."""
OTHER: Final = "other"
_CODES: Final = frozenset(
    {
        "account_inactive",
        "cant_post_message",
        "channel_not_found",
        "expired_trigger_id",
        "fatal_error",
        "hash_conflict",
        "internal_error",
        "invalid_arguments",
        "invalid_auth",
        "invalid_blocks",
        "is_archived",
        "missing_scope",
        "msg_too_long",
        "no_answer",
        "not_allowed",
        "not_authed",
        "not_found",
        "not_in_channel",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "restricted_action",
        "service_unavailable",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "trigger_expired",
        "unreadable_answer",
        "user_not_found",
    }
)
"""Slack's error codes that are told apart: what it may think of tomorrow makes no new series."""

_ANSWERS: Final = Counter(
    "factormate_answers", "Questions answered, by what the matcher decided.", ["decision"], registry=REGISTRY
)
_REQUESTS: Final = Histogram(
    "factormate_request_seconds",
    "From the arrival of a request of Slack to its answer.",
    ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, ACK_SECONDS, 5, 10),
    registry=REGISTRY,
)
_ACKS: Final = Counter(
    "factormate_acks",
    "Requests of Slack by how they were acknowledged: in_time, late (after 3 s) or refused (the bot was stopping).",
    ["outcome"],
    registry=REGISTRY,
)
_RETRIES: Final = Counter(
    "factormate_slack_retries", "Deliveries that Slack sent again, having had no answer to them.", registry=REGISTRY
)
_TURNED_AWAY: Final = Counter(
    "factormate_turned_away",
    "Requests that Slack cannot have sent, by the status they were answered with.",
    ["status"],
    registry=REGISTRY,
)
INCIDENTS: Final = Counter(
    "factormate_incidents",
    "Failures that nobody had foreseen: each has a number in the log.",
    ["where"],
    registry=REGISTRY,
)
_SLACK: Final = Histogram(
    "factormate_slack_call_seconds",
    "Calls of Slack's Web API with their repeats, without the wait for their turn.",
    ["method"],
    buckets=(0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 10, 60),
    registry=REGISTRY,
)
_SLACK_ERRORS: Final = Counter(
    "factormate_slack_errors", "Refusals and silences of Slack's Web API.", ["method", "error"], registry=REGISTRY
)
NUDGES: Final = Counter(
    "factormate_nudges",
    "Messages of the app's own accord by what became of them: sent, late, empty, failed or unclear.",
    ["kind", "outcome"],
    registry=REGISTRY,
)
PARKED: Final = Counter(
    "factormate_workspaces_parked",
    "Workspaces to which nothing is sent any more, since Slack refuses their token.",
    registry=REGISTRY,
)
_JOBS: Final = Histogram(
    "factormate_job_seconds",
    "Runs of jobs.",
    ["task"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300),
    registry=REGISTRY,
)
_JOB_FAILURES: Final = Counter("factormate_job_failures", "Jobs that ended in an error.", ["task"], registry=REGISTRY)
JOBS_WAITING: Final = Gauge(
    "factormate_jobs_waiting",
    "Depth of the job queue that all processes share: ready, running, scheduled or overdue.",
    ["state"],
    registry=REGISTRY,
)
_STORE: Final = Histogram(
    "factormate_store_seconds",
    "Exchanges with the store: what was asked at the same moment goes as one.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
    registry=REGISTRY,
)
STORE_ERRORS: Final = Counter(
    "factormate_store_errors", "Calls of the store that got no answer; most are repeated.", registry=REGISTRY
)
READY: Final = Gauge("factormate_ready", "Whether this part is well (1) or not (0).", ["check"], registry=REGISTRY)

Info("factormate_build", "What runs.", registry=REGISTRY).info({"version": __version__})
ProcessCollector(registry=REGISTRY)

for _decision in ("one", "several", "choose", "none"):
    _ANSWERS.labels(_decision)
for _outcome in ("in_time", "late", "refused"):
    _ACKS.labels(_outcome)
for _kind in NoticeKind:
    for _outcome in ("sent", "late", "empty", "failed", "unclear"):
        NUDGES.labels(_kind, _outcome)
for _where in ("request", "background"):
    INCIDENTS.labels(_where)
_IN_TIME: Final = _ACKS.labels("in_time")
_REQUESTS_OF: Final = {
    kind: _REQUESTS.labels(kind).observe
    for kind in ("command", "action", "view", "options", "shortcut", "event", OTHER)
}
store_answered: Final = _STORE.observe


def answered(decision: str) -> None:
    _ANSWERS.labels(decision).inc()


def acknowledged(kind: str, seconds: float, status: int, *, is_repeated: bool) -> None:
    """One request, with the HTTP status of its answer. Of what Slack did not send nothing but that is counted."""
    if 400 <= status < 500:
        turned_away(status)
        return
    _REQUESTS_OF[kind](seconds)
    if is_repeated:
        _RETRIES.inc()
    if status == 200 and seconds < ACK_SECONDS:
        _IN_TIME.inc()
    else:
        _ACKS.labels("late" if status == 200 else "refused").inc()


def turned_away(status: int) -> None:
    _TURNED_AWAY.labels(str(status)).inc()


def slack_answered(method: str, seconds: float) -> None:
    _SLACK.labels(method).observe(seconds)


def slack_refused(method: str, error: str) -> None:
    _SLACK_ERRORS.labels(method, error if error in _CODES else OTHER).inc()


@contextmanager
def job(name: str) -> Iterator[None]:
    started = perf_counter()
    try:
        yield
    except Exception:
        _JOB_FAILURES.labels(name).inc()
        raise
    finally:
        _JOBS.labels(name).observe(perf_counter() - started)


def show(gauge: Gauge, values: Mapping[str, float]) -> None:
    """These and no others: a figure that is not known any more is not shown as it was."""
    gauge.clear()
    for label, value in values.items():
        gauge.labels(label).set(value)


def page(accept: str) -> tuple[bytes, str]:
    """What Prometheus reads, in the format it asks for, and the content type."""
    encode: Callable[[CollectorRegistry], bytes]
    encode, content_type = choose_encoder(accept)
    return encode(REGISTRY), content_type
