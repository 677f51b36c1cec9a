"""What may go wrong in an act, in words fit for people. Each door translates these once."""

import asyncpg
import msgspec

# What the driver raises when PostgreSQL is away, going or coming: nothing is wrong with the request itself.
AWAY: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InternalClientError,  # a connection that is lost in the middle of something may be told like this
)


# What a single row may be refused for, however often it is tried.
UNFIT: tuple[type[Exception], ...] = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    msgspec.ValidationError,  # kept, but no shape of ours: it could never be read again
)


class Refused(Exception):
    """The act is refused. `sentence` is fit to be read aloud; `code` is one of docs/protocol.md; `retry_after` in
    seconds.
    """

    status = 422

    def __init__(self, sentence: str, code: str = "refused", retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.retry_after = retry_after


class NotFound(Refused):
    """There is no such thing, or it is none of this person's business (the answer is the same)."""

    status = 404

    def __init__(self, sentence: str = "There is nothing here.", code: str = "not_found") -> None:
        super().__init__(sentence, code)


class Forbidden(Refused):
    """The thing is there, but not for this person to change."""

    status = 403


class TooOften(Refused):
    """Too many in too short a time; `retry_after` says when to come back."""

    status = 429

    def __init__(self, sentence: str, retry_after: float) -> None:
        super().__init__(sentence, "rate_limited", retry_after)


class TooLarge(Refused):
    """More bytes than are taken; the rest of them need not be sent."""

    status = 413

    def __init__(self, sentence: str, code: str = "too_large") -> None:
        super().__init__(sentence, code)


class NoRoom(Refused):
    """The disk is full. Nothing was kept, not even in part."""

    status = 507

    def __init__(self, sentence: str = "There is no room left for pictures just now.", code: str = "no_room") -> None:
        super().__init__(sentence, code)


class Unavailable(Refused):
    """The database is away; nothing was acknowledged and the same request may be made again."""

    status = 503

    def __init__(self, sentence: str = "The house is having a short rest. Please try again in a moment.") -> None:
        super().__init__(sentence, "unavailable", 2.0)
