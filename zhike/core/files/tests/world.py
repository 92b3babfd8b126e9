"""Files of some kinds, a browser of each person, and the folder where bytes stand."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhike.core.files import actions, store
from zhike.core.files.models import File
from zhike.core.record_keys import key_of
from zhike.core.testing import samples
from zhike.identity.factories import Cast
from zhike.identity.models import User

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fcffff3f030005fe02fea7359681"
    "0000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def customer_of(user: User) -> Any:
    return samples.make("customers", user, f"acme-{samples.serial()}")


def add(people: Cast, name: str = "note.txt", contents: bytes = b"hello", *, owner: str = "ana") -> File:
    about = key_of(customer_of(getattr(people, owner)))
    return actions.add_file(people.actor(owner), about, name, [contents])


def post(client: Client, about: str, *files: tuple[str, bytes], **headers: str) -> Any:
    given = [SimpleUploadedFile(name, contents) for name, contents in files]
    return client.post(f"/attachments/upload/?about={about}", {"file": given}, headers=headers)


def blobs() -> list[Path]:
    return [path for path in store.folder().rglob("*") if path.is_file()]


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
