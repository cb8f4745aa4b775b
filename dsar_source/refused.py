"""Why something was not done, as a code: names of tables and columns, never data."""


class Refused(Exception):
    """`ids` are the instructions concerned, where there are some."""

    def __init__(self, code, detail="", *, ids=()):
        super().__init__(code)
        self.code, self.detail, self.ids = code, detail, tuple(ids)


class Unsigned(Exception):
    """The request is not from somebody who holds a key, or was seen before. Which of these is nobody's business."""
