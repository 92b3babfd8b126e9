"""A person at the import pages without scripts: sends back what a browser would, changed where a test says so."""

import re
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhike.core.jobs.worker import work_once
from zhike.core.transfer.models import TableImport
from zhike.identity.models import User

Sent = dict[str, str | list[str]]


def client_of(user: User, language: str = "en") -> Client:
    User.objects.filter(pk=user.pk).update(language=language)
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return unescape(str(response.content.decode()))


def fields_of(html: str) -> Sent:
    """What a browser would send back from the page's last form."""
    found: Sent = {}
    form = html[html.rfind('<form class="z-form') :]
    for name, body in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(r'<option value="([^"]*)"', body)
        found[name] = unescape(chosen[1]) if chosen else ""
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name is None or name[1] == "csrfmiddlewaretoken":
            continue
        if 'type="checkbox"' in tag:
            if " checked" in tag:
                boxes = found.setdefault(name[1], [])
                assert isinstance(boxes, list)
                boxes.append(unescape(value[1]) if value else "on")
        else:
            found[name[1]] = unescape(value[1]) if value else ""
    return found


class Steps:
    """One import of one person, taken from page to page."""

    def __init__(self, client: Client, slug: str = "customers") -> None:
        self.client = client
        self.slug = slug
        self.page: Any = None

    @property
    def row(self) -> TableImport:
        return TableImport.objects.latest("pk")

    @property
    def text(self) -> str:
        return text_of(self.page)

    @property
    def fields(self) -> Sent:
        return fields_of(str(self.page.content.decode()))

    def upload(self, content: str | bytes, name: str = "客户 2024.csv", **more: str) -> "Steps":
        data = content.encode("gb18030") if isinstance(content, str) else content
        given = {"file": SimpleUploadedFile(name, data), **more}
        self.page = self.client.post(f"/{self.slug}/import/", given, follow=True)
        return self

    def open(self, step: str = "") -> "Steps":
        self.page = self.client.get(f"/imports/{self.row.pk}/{step}", follow=True)
        return self

    def send(self, step: str, **changes: Any) -> "Steps":
        """Send a step's form as it stands, with these changes; the page that follows is shown."""
        path = f"/imports/{self.row.pk}/{step}/"
        form = fields_of(str(self.client.get(path, follow=True).content.decode()))
        self.page = self.client.post(path, form | changes, follow=True)
        return self

    def work(self) -> "Steps":
        """Let the worker do what is asked for, and look again."""
        while work_once(("quick", "long")):
            pass
        return self.open()

    def through(self) -> "Steps":
        """From the columns to the end, with everything as proposed."""
        self.send("columns")
        if self.row.stage == "values":
            self.send("values")
        self.send("doubles").work()
        return self.send("trial").work()
