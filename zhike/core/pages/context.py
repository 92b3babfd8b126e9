"""What the shell around every page shows: menu, quick create, the person, language and theme."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from zhike.core import company, menu
from zhike.core.actors import Actor
from zhike.core.entities import Label, MenuItem, RecordKind, registry
from zhike.core.pages.middleware import actor_of
from zhike.core.pages.words import sentence_start

THEMES = ("light", "dark")
THEME_COOKIE = "zhike_theme"


@dataclass(frozen=True, kw_only=True)
class ShellItem:
    """One entry of the menu or of quick create."""

    label: Label
    url: str
    icon: str
    active: bool = False
    count: int | None = None
    on_phone: bool = False


@dataclass(frozen=True, kw_only=True)
class ShellGroup:
    """Entries under one heading."""

    label: Label
    items: list[ShellItem]


@dataclass(frozen=True, kw_only=True)
class ShellUser:
    """The person signed in, as the shell names him."""

    full_name: str
    initials: str


class Shell:
    """Read by the base template; worked out when it is first looked at, so that a fragment costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _actor(self) -> Actor:
        found = getattr(self._request, "actor", None)
        return found if isinstance(found, Actor) else actor_of(self._request)

    @cached_property
    def menu(self) -> list[ShellGroup]:
        """The groups of the left menu, each with the entries this person may open."""
        groups: dict[str, ShellGroup] = {}
        for item, url in self._entries:
            # A group is known by its words, since apps name the same group each for itself.
            group = groups.setdefault(str(item.group), ShellGroup(label=item.group, items=[]))
            active = self._request.path == url or (url != "/" and self._request.path.startswith(url))
            group.items.append(
                ShellItem(
                    label=sentence_start(menu.label_of(item)),
                    url=url,
                    icon=item.icon,
                    active=active,
                    count=item.count(self._actor) or None if item.count is not None else None,
                    on_phone=item.on_phone,
                )
            )
        return list(groups.values())

    @cached_property
    def _entries(self) -> list[tuple[MenuItem, str]]:
        return [(item, url) for item in menu.offered(self._actor) if (url := _reverse(item.url_name))]

    @cached_property
    def quick_create(self) -> list[ShellItem]:
        """What can be created from anywhere: the entities of the menu that this person may create."""
        return [
            ShellItem(label=sentence_start(each.label), url=reverse(f"{each.slug}:new"), icon=each.icon)
            for each in menu.creatable(self._actor)
        ]

    @cached_property
    def user(self) -> ShellUser | None:
        person: Any = self._request.user
        if not person.is_authenticated:
            return None
        name = str(person)
        return ShellUser(full_name=name, initials=initials(name))

    @property
    def company_name(self) -> str:
        return company.current().name

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @cached_property
    def theme(self) -> str:
        """`light`, `dark`, or blank: as the device."""
        # A request refused for its host never got as far as having a user.
        person = getattr(self._request, "user", None)
        chosen = getattr(person, "theme", "") or self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @cached_property
    def phone(self) -> tuple[list[ShellItem], list[ShellItem]]:
        """The bottom bar of a phone: what stands left and right of the button that creates. The person himself comes last."""
        shown = [item for group in self.menu for item in group.items if item.on_phone]
        return shown[:2], shown[2:3]

    @property
    def query(self) -> str:
        """What stands in the search box: the words asked for, on the search page only."""
        return self._request.GET.get("q", "") if self._request.path == _reverse("search") else ""

    @property
    def settings_url(self) -> str:
        return _reverse("settings")

    @property
    def settings_active(self) -> bool:
        """On a settings page, or on records that only the settings lead to (a pipeline, a role, a person)."""
        return bool(self.settings_url) and (
            self._request.path.startswith(self.settings_url) or _is_configuration(self._request.path)
        )

    @property
    def profile_url(self) -> str:
        return _reverse("profile")

    @property
    def sign_out_url(self) -> str:
        return _reverse("account_logout")


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The context processor."""
    return {"shell": Shell(request)}


def initials(name: str) -> str:
    """One or two letters that stand for a person: the given name's last two Chinese characters, else initials."""
    stripped = name.strip()
    if any("\u4e00" <= letter <= "\u9fff" for letter in stripped):
        return stripped[-2:]
    words = stripped.replace(".", " ").split()
    return "".join(word[0] for word in words[:2]).upper()


def _is_configuration(path: str) -> bool:
    slug = path.split("/", 2)[1] if "/" in path[1:] else ""
    kinds = {each.slug: each.kind for each in registry.all()}
    in_menu = {each.url_name for each in registry.contributions(MenuItem)}
    return kinds.get(slug) is RecordKind.SHARED and f"{slug}:list" not in in_menu


def _reverse(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
