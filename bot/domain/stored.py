"""What every stored record has in common: what a newer release knows about it survives being saved by this one."""

from typing import Self

from pydantic import BaseModel, ConfigDict


class Stored(BaseModel):
    """A record, or a part of one. Fields that this release does not know are kept as they are, and written back.

    Replicas of two releases stand side by side during an upgrade. An error does not repeat what it found: that may be
    personal.
    """

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    def with_unknown_of(self, before: "Stored | None") -> Self:
        """Made anew in the place of `before`: with what this release does not know of it."""
        unknown = (before.model_extra if before is not None else None) or {}
        missing = unknown.keys() - (self.model_extra or {}).keys()
        return self.model_copy(update={name: unknown[name] for name in missing}) if missing else self
