"""The faults users can meet. Each names the sentence (a key of `bot/text/*.toml`) that explains it."""

from typing import Any


class BotError(Exception):
    """Something a person should be told, in their language: `key` names the sentence, `values` fill its gaps."""

    key = "error.unexpected"
    exit_code = 1
    """Of a command that ends with it: 1 found faults, 2 wrong usage or settings."""

    def __init__(self, **values: object) -> None:
        super().__init__(f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in values.items())})")
        self.values = values


class PlaybookFileError(BotError):
    """Playbook files that do not hold what they must; `faults` lists each as file:line: field: reason."""

    key = "error.playbook_files"

    def __init__(self, faults: list[str]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(self.faults)


class FieldError(BotError):
    """A value in a form needs another look; `field` is the form's name for it, `key` the sentence."""

    def __init__(self, field: str, key: str, **values: object) -> None:
        super().__init__(**values)
        self.field = field
        self.key = key


class FormError(BotError):
    """Several values of a form need another look; each fault is a FieldError."""

    key = "error.form"

    def __init__(self, faults: list[FieldError]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


class StepInputError(BotError):
    """A step of a workflow was given something it cannot use; `key` is the sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(**values)
        self.key = key


class ModelUnavailableError(BotError):
    """The language model gave no answer that can be read, or none in time."""


class TooManyRequestsError(BotError):
    """More at once than people send; `seconds` until more is taken, `is_first` of those refused in that time."""

    key = "error.too_many"

    def __init__(self, seconds: int, *, is_first: bool) -> None:
        super().__init__(count=max(1, seconds))
        self.is_first = is_first


class OutdatedError(BotError):
    """A button or form that this release would not have made: an older one's, or altered on the way."""

    key = "error.outdated"


class NotAllowedError(BotError):
    """The actor's role does not include this."""

    key = "error.not_allowed"


class NotInstalledError(BotError):
    """The app is not installed in the workspace, or not any more; `team_id` says which."""

    key = "error.not_installed"


class NotInvitedError(BotError):
    """The operator does not let this workspace, or organisation, install the app; `home_id` says which."""

    key = "install.not_invited"


class CustomerNotFoundError(BotError):
    """No such customer among those the actor may see."""

    key = "error.customer_not_found"


class NotCustomerOwnerError(BotError):
    """The actor sees the customer, but does not answer for it."""

    key = "error.not_customer_owner"


class VisitNotFoundError(BotError):
    """No such note among those the actor may see."""

    key = "error.visit_not_found"


class VisitChangedError(BotError):
    """Somebody else changed the note since it was opened; `stored` is the note as it is now."""

    key = "error.visit_changed"

    def __init__(self, stored: Any) -> None:
        super().__init__()
        self.stored = stored


class DraftNotFoundError(BotError):
    """The draft was saved, thrown away, or is older than drafts are kept."""

    key = "error.draft_not_found"


class NeedNotFoundError(BotError):
    """The customer has no such need."""

    key = "error.need_not_found"


class NoteNotFoundError(BotError):
    """The note is no longer there, or never was this customer's."""

    key = "error.note_not_found"


class FollowUpNotFoundError(BotError):
    """No such follow-up among those the actor may see."""

    key = "error.followup_not_found"


class FollowUpClosedError(BotError):
    """The follow-up was finished in the meantime."""

    key = "error.followup_closed"


class SnoozeForbiddenError(BotError):
    """What we promised to a customer of tier A, or a risk event, is not put off."""

    key = "error.snooze_forbidden"


class SnoozedOftenError(BotError):
    """It was put off as often as it may be."""

    key = "error.snoozed_often"


class UndoOverError(BotError):
    """Too late, or changed since, to be taken back."""

    key = "error.undo_over"


class TableFileError(BotError):
    """A file that is no table, or too large a one; `key` names the sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(**values)
        self.key = key


class WebhookAddressError(BotError):
    """Events cannot be sent to this address; `reason` says why."""

    key = "error.webhook_address"
    exit_code = 2


class WebhookNotFoundError(BotError):
    """No such endpoint."""

    key = "error.webhook_not_found"
    exit_code = 2


class EntryNotFoundError(BotError):
    """The playbook has no such entry any more."""

    key = "error.entry_not_found"


class RevisionNotFoundError(BotError):
    """No such change to the playbook."""

    key = "error.revision_not_found"


class RevisionDecidedError(BotError):
    """Somebody has approved the change or sent it back already."""

    key = "error.revision_decided"


class RevisionOutdatedError(BotError):
    """The entry has changed since this change was written."""

    key = "error.revision_outdated"


class NotEditorError(BotError):
    """The actor may suggest changes to the playbook, but not do this."""

    key = "error.not_editor"


class OutsiderError(BotError):
    """The actor is a guest or of another company."""

    key = "error.outsider"


class UnknownPersonError(BotError):
    """Slack does not tell who this is, so it may be a guest or somebody of another company."""

    key = "error.unknown_person"


class NotAdminError(BotError):
    """Only admins do this."""

    key = "error.not_admin"


class NotRiskError(BotError):
    """Only risk and compliance do this."""

    key = "error.not_risk"


class LastAdminError(BotError):
    """Without this admin the workspace would have none."""

    key = "error.last_admin"


class NotApproverError(BotError):
    """Others than the actor decide about changes to the playbook."""

    key = "error.not_approver"


class OwnRevisionError(BotError):
    """Nobody approves a change of one's own."""

    key = "error.own_revision"


class NobodyInRiskError(BotError):
    """Nobody else in the workspace is of risk and compliance."""

    key = "error.nobody_in_risk"


class CaseClosedError(BotError):
    """No such case that is open to this person."""

    key = "error.case_closed"


class TierDecidedError(BotError):
    """The question about a customer's tier was answered, or has become pointless."""

    key = "error.tier_decided"


class NotTeamLeadError(BotError):
    """Only the lead of the owner's team does this."""

    key = "error.not_team_lead"


class GapNotFoundError(BotError):
    """No such gap or question of the playbook, or not for this person."""

    key = "error.gap_not_found"


class GapClosedError(BotError):
    """Somebody has answered or dismissed the gap already."""

    key = "error.gap_closed"


class NobodyToAskError(BotError):
    """The workspace has no editor or admin besides the person who asks."""

    key = "error.nobody_to_ask"


class CustomerExistsError(BotError):
    """The owner already has a customer of this name."""

    key = "error.customer_exists"


class EscalationGoneError(BotError):
    """What was asked about is settled, or no longer with the person asked."""

    key = "escalation.error_gone"


class EscalationAnsweredError(BotError):
    """Somebody else was quicker; `by` is that one."""

    key = "escalation.error_answered"


class NoticeNotFoundError(BotError):
    """No notice of this key was planned."""

    key = "error.unexpected"


class SchemaTooNewError(BotError):
    """The data was written by a newer release than this one."""

    key = "error.schema_too_new"


class RecordUnreadableError(BotError):
    """A newer release has written something into a record that this one cannot read; the record is left alone."""

    key = "error.record_unreadable"


class StoreUnavailableError(BotError):
    """The store does not answer; what was being written may or may not have been kept."""

    key = "error.store_unavailable"


class StoreUnreachableError(StoreUnavailableError):
    """At start the store cannot be used: `where` is its address without secrets, `reason` what it said."""

    key = "error.store_unreachable"


class StoreRefusedError(StoreUnreachableError):
    """The store is there, but takes neither the password nor the user."""

    key = "error.store_refused"


class StoreBusyError(BotError):
    """Another process already runs the store of this data folder."""

    key = "error.store_busy"


class StoreStartError(BotError):
    """The store's server does not start; `reason` is what it said last."""

    key = "error.store_start"


class StoreServerMissingError(BotError):
    """There is no server for this platform: REDIS_URL has to name one, or valkey-server be installed."""

    key = "error.store_server_missing"


class DamagedFileError(BotError):
    """A file of the data folder does not hold what it should."""

    key = "error.damaged_file"


class ConflictError(BotError):
    """Others kept changing the record; nothing was written."""

    key = "error.conflict"
