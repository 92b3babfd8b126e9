"""Files and notifications in the browser: a real file chooser, and a colleague who is told of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Seat
from zhike.core.events.dispatching import dispatch
from zhike.core.files.models import File
from zhike.core.notifications.models import Notification
from zhike.core.notifications.sending import notify
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Sit = Callable[..., Seat]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fcffff3f030005fe02fea73596810000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def to_the_files(seat: Seat, customer: Customer) -> None:
    seat.open(f"/customers/{customer.pk}/")
    place = seat.page.locator("#panel-files-body")
    for _step in range(20):
        if place.locator(".z-files").count():
            break
        seat.page.mouse.wheel(0, 600)
        seat.page.wait_for_timeout(100)
    place.locator(".z-files").scroll_into_view_if_needed()


def test_files_are_chosen_sent_shown_and_fetched_again(sit: Sit, customer: Customer, tmp_path: Path) -> None:
    (tmp_path / "报价单.png").write_bytes(PNG)
    (tmp_path / "tool.exe").write_bytes(b"MZ\x00")
    ana = sit("ana")
    to_the_files(ana, customer)
    with ana.page.expect_file_chooser() as chosen:
        ana.page.locator(".z-files__drop").click()
    chosen.value.set_files([tmp_path / "报价单.png"])
    ana.page.locator(".z-file__name", has_text="报价单.png").wait_for(state="attached")
    row = File.objects.get()
    assert (row.content_type, row.about) == ("image/png", f"customers:{customer.pk}")
    to_the_files(ana, customer)
    ana.page.locator(f'img[src="/attachments/{row.pk}/preview/"]').wait_for()
    with ana.page.expect_download() as fetched:
        ana.page.locator(".z-file__name").click()
    assert fetched.value.suggested_filename == "报价单.png"
    assert Path(fetched.value.path()).read_bytes() == PNG
    with ana.page.expect_file_chooser() as chosen:
        ana.page.locator(".z-files__drop").click()
    chosen.value.set_files([tmp_path / "tool.exe"])
    ana.page.locator(".z-files__progress .is-refused").wait_for()
    assert File.objects.count() == 1


def test_files_are_sent_without_script(sit: Sit, customer: Customer, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    ana = sit("ana", scripts=False)
    ana.open(f"/attachments/upload/?about=customers:{customer.pk}")
    ana.page.set_input_files("#id_file", tmp_path / "a.txt")
    ana.page.click(".z-card__foot button")
    ana.page.wait_for_url(f"{ana.address}/customers/{customer.pk}/")
    assert File.objects.get().name == "a.txt"


def test_the_bell_counts_opens_and_leads_to_the_record(sit: Sit, people: Cast, customer: Customer) -> None:
    dispatch()
    notify(people.actor("ana"), [people.dan], "mention", about=customer)
    dan = sit("dan")
    count = dan.page.locator("[data-bell-count]")
    count.wait_for()
    assert count.inner_text() == "1"
    dan.page.locator("[data-bell] summary").click()
    dan.page.locator("#bell-list .z-notification__open").click()
    dan.page.wait_for_url(f"{dan.address}/customers/{customer.pk}/")
    assert Notification.objects.get().read_at is not None


def test_watching_begins_and_ends_by_a_button(sit: Sit, people: Cast, customer: Customer) -> None:
    from zhike.core.watching.actions import is_watching

    dan = sit("dan")
    dan.open(f"/customers/{customer.pk}/")
    button = dan.page.locator('form[action="/watching/"] button')
    button.click()
    dan.page.locator('form[action="/watching/"] button[aria-pressed="true"]').wait_for()
    assert is_watching(people.actor("dan"), customer)
    button.click()
    dan.page.locator('form[action="/watching/"] button[aria-pressed="false"]').wait_for()
    assert not is_watching(people.actor("dan"), customer)
