"""The routes of an entity are made when somebody asks for them, and only then."""

import threading

import pytest
from django.urls import resolve, reverse
from ninja import NinjaAPI

from zhike.core.api import urls
from zhike.core.api.urls import EntityAddresses
from zhike.core.entities import Entity, registry


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The entities whose API was made since."""
    found: list[str] = []
    build = urls.build

    def noted(entity: Entity) -> NinjaAPI:
        found.append(entity.slug)
        return build(entity)

    monkeypatch.setattr(urls, "build", noted)
    return found


def test_neither_an_address_that_is_written_nor_that_of_another_entity_makes_an_api(made: list[str]) -> None:
    products = EntityAddresses(registry.get("products"))
    assert products.resolve("contacts/1") is None
    assert products.resolve("products-of-another-kind") is None
    assert reverse("home") == "/"
    assert made == []


def test_the_first_request_makes_it_once_for_all_threads(made: list[str]) -> None:
    products = EntityAddresses(registry.get("products"))
    threads = [threading.Thread(target=products.resolve, args=("products/1",)) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["products"]
    found = products.resolve("products/7")
    assert found is not None
    assert (found.route, found.kwargs) == ("products/<int:pk>", {"pk": 7})


def test_an_address_of_the_api_is_told_with_its_whole_route() -> None:
    assert resolve("/api/v1/products/7").route == "api/v1/products/<int:pk>"


def test_all_labels_of_an_entity_are_of_one_class() -> None:
    """Each call of Django's `lazy` makes a class of some 20 kB; a class for each label took 19 MB of every process."""
    entities = list(registry.all())
    labels = [entity.field(name).label for entity in entities for name in entity.fields]
    assert len({type(label) for label in labels}) == 1
    assert len({type(each) for entity in entities for each in (entity.label, entity.label_plural)}) == 1
