"""What can go wrong with a source, as codes. Never a value, an address or a password: these texts reach logs."""


class ConnectorError(Exception):
    """A source did not do what was asked.

    `code` is a short word (unreachable, timeout, permission, missing_table, integrity, …); `permanent` says that
    trying again cannot help; `source` names the source where known; `detail` holds table and column names or an
    error number of the database, never data of a person.
    """

    def __init__(self, code: str, permanent: bool = False, detail: str = "", *, source: str = "") -> None:
        self.code = code
        self.permanent = permanent
        self.detail = detail
        self.source = source
        super().__init__(code, permanent, detail)

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, self.code, self.detail) if part)


class PlanOutdated(ConnectorError):
    """Rows changed since the plan was made; nothing was written. `instructions` holds the ids concerned."""

    def __init__(self, detail: str = "", *, source: str = "", instructions: tuple[str, ...] = ()) -> None:
        super().__init__("plan_outdated", True, detail, source=source)
        self.instructions = instructions
