"""Errors, named by how to recover.

| situation                                                   | raise            | what happens                          |
|-------------------------------------------------------------|------------------|---------------------------------------|
| 429, 5xx, time-out, lock, connection lost                   | `Transient`      | bounded retry, then the stream fails  |
| a write was sent and no answer came                         | `UnknownOutcome` | never resent blindly: read back first |
| one record cannot be used                                   | `SkipRecord`     | reject with reason, go on             |
| 401/402/403, schema gone, paging loop, too many rejects     | `ContractBroken` | this stream stops, the others go on   |
| wrong settings, unknown keys, corrupt own state             | `Permanent`      | everything stops, a person is told    |
"""


class SignalsError(Exception):
    """Base of all errors this project raises on purpose."""


class Transient(SignalsError):
    """May succeed when tried again. `retry_after` is in seconds, when the other side said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnknownOutcome(Transient):
    """A write left this machine and its outcome is not known: read the destination back before sending again.

    `done` holds the results of the parts that were answered before, in request order.
    """

    def __init__(self, message: str, done: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.done = done


class SkipRecord(SignalsError):
    """One record cannot be used. `reason` is a short code (snake_case), `detail` a sentence."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class ContractBroken(SignalsError):
    """The other side no longer speaks the contract; this stream stops, the others go on."""


class Permanent(SignalsError):
    """Trying again cannot help; a person must act. The message says what to do."""
