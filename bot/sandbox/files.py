"""The files of a workspace, as long as its process lives: after a restart a message names its file, and it is gone."""

import mimetypes
import secrets
from dataclasses import dataclass
from urllib.parse import quote

from bot.sandbox.shapes import Json


@dataclass(slots=True)
class File:
    id: str
    name: str
    size: int
    user: str
    content: bytes = b""
    title: str = ""
    is_complete: bool = False

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def payload(self, base_url: str) -> Json:
        address = f"{base_url}/files-pri/{self.id}/{quote(self.name, safe='')}"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2].lower(),
            "size": self.size,
            "user": self.user,
            "mode": "hosted",
            "url_private": address,
            "url_private_download": address,
        }


class FileStore:
    def __init__(self) -> None:
        self._files: dict[str, File] = {}

    def get(self, file_id: str) -> File | None:
        return self._files.get(file_id)

    def new(self, name: str, size: int, user: str) -> File:
        file = File(f"F{secrets.token_hex(5).upper()}", name, size, user)
        self._files[file.id] = file
        return file
