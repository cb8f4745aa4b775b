"""Files on their way in stay in memory: a picture of a passport must not lie in a temporary folder in clear.

A file that is too large is counted and let go, so that the form can say so with everything typed kept. A request that
is larger than any form of ours is not read at all.
"""

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from requests_app.door.refusals import MOST_BYTES

MOST_REQUEST = 64 * 1024 * 1024
"""Five files of a message, and what is written beside them."""


class InMemory(FileUploadHandler):
    """The only handler (settings: FILE_UPLOAD_HANDLERS)."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        if content_length > MOST_REQUEST:
            raise RequestDataTooBig("larger than any form of ours")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept, self.size = BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > MOST_BYTES:
            self.kept = BytesIO()  # of what does not come in nothing is held
        else:
            self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            file=self.kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
