"""Following a customer up in the browser: a call in two clicks, what is next, and a colleague named by an @."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.journeys.conftest import Seat
from zhike.activities.models import Activity, Comment, Task
from zhike.core import company, writes
from zhike.core.events.dispatching import dispatch
from zhike.core.record_keys import key_of
from zhike.customers.models import Customer
from zhike.identity.factories import Cast
from zhike.identity.models import User

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Sit = Callable[..., Seat]


def say(seat: Seat, text: str) -> None:
    seat.page.locator(".z-toast").filter(has_text=text).first.wait_for()


def timeline(row: object) -> str:
    return f"/activities/timeline/?about={key_of(row)}"  # type: ignore[arg-type]  # any stored row


@pytest.mark.smoke
def test_a_call_is_logged_from_the_drawer_in_two_clicks(sit: Sit, customer: Customer) -> None:
    ana = sit("ana")
    ana.open("/customers/")
    ana.page.locator("#list a[data-drawer]").first.click()
    drawer = ana.page.locator("#drawer")
    drawer.locator(".z-composer .btn-primary").wait_for()
    drawer.locator(".z-pick").filter(has_text="电话").click()
    drawer.locator(".z-composer .btn-primary").dblclick()  # the second press finds the first on its way
    say(ana, "已记录")
    drawer.locator(".z-timeline__item").first.wait_for()
    logged = Activity.objects.get()
    assert (logged.kind, logged.about, logged.is_done) == ("call", key_of(customer), True)


def test_a_box_that_was_made_larger_is_no_matter_for_the_content_policy(sit: Sit, customer: Customer) -> None:
    """A browser keeps the size in a style attribute, which must not be copied to what comes instead."""
    ana = sit("ana")
    ana.open(timeline(customer))
    ana.page.locator("#composer-content").evaluate("box => { box.style.height = '200px' }")
    ana.page.locator(".z-composer .btn-primary").click()
    say(ana, "已记录")
    ana.page.locator(".z-timeline__item").first.wait_for()


def test_the_next_step_of_a_call_stands_on_the_home_page(sit: Sit, customer: Customer) -> None:
    ana = sit("ana")
    ana.open(f"/customers/{customer.pk}/")
    composer = ana.page.locator(".z-composer")
    composer.locator("[name=next_step]").fill("把报价发给王总")
    composer.locator("[name=when]").select_option("1")
    composer.locator(".btn-primary").click()
    say(ana, "已记录")
    task = Task.objects.get()
    assert (task.name, task.due_on) == ("把报价发给王总", company.today() + timedelta(days=1))
    ana.open("/")
    ana.page.locator(".z-tile").get_by_text("把报价发给王总").first.wait_for()


def _named(people: Cast) -> None:
    User.objects.filter(pk=people.dan.pk).update(full_name="单雄信", full_name_key="shan xiong xin")


def test_a_colleague_named_by_an_at_sign_is_told(sit: Sit, people: Cast, customer: Customer) -> None:
    """By pinyin and keys; Escape closes the list and nothing else."""
    _named(people)
    dispatch()
    ana = sit("ana")
    ana.open(f"/customers/{customer.pk}/")
    ana.page.locator(".z-pick").filter(has_text="评论").click()
    box = ana.page.locator("#composer-content")
    box.press_sequentially("请 @shan")
    first = ana.page.locator('.z-mentions [role="option"]').first
    first.wait_for()
    assert "单雄信" in first.inner_text()
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    box.press("Escape")
    ana.page.locator(".z-mentions").wait_for(state="detached")
    box.press_sequentially("x")
    first.wait_for()
    box.press("Tab")
    assert box.input_value() == "请 @单雄信 "
    box.press_sequentially("看一下")
    ana.page.locator(".z-composer .btn-primary").click()
    say(ana, "评论")
    ana.page.locator(".z-mention").filter(has_text="@单雄信").wait_for()
    assert Comment.objects.get().mentions == [people.dan.pk]
    dispatch()
    dan = sit("dan")
    count = dan.page.locator("[data-bell-count]")
    count.wait_for()
    assert count.inner_text() == "1"


def test_a_colleague_is_chosen_by_touch_and_a_note_that_tells_nobody_says_so(
    sit: Sit, people: Cast, customer: Customer
) -> None:
    _named(people)
    ana = sit("ana", width=390)
    ana.open(timeline(customer))
    box = ana.page.locator("#composer-content")
    box.press_sequentially("@")
    ana.page.locator(".z-mentions").get_by_text("只有评论").wait_for()
    ana.page.locator('.z-mentions [role="option"]').filter(has_text="单雄信").click()
    assert box.input_value() == "@单雄信 "
    ana.page.locator(".z-mentions").wait_for(state="detached")


def test_a_comment_form_offers_colleagues_too(sit: Sit, people: Cast, customer: Customer) -> None:
    _named(people)
    comment = writes.create(people.actor("ana"), Comment(about=key_of(customer), text="请"))
    ana = sit("ana")
    ana.open(f"/comments/{comment.pk}/edit/")
    box = ana.page.locator("[name=text]")
    box.press("End")
    box.press_sequentially(" @单")
    ana.page.locator('.z-mentions [role="option"]').first.wait_for()
    box.press("Enter")
    assert box.input_value() == "请 @单雄信 "
    ana.save()
    comment.refresh_from_db()
    assert comment.mentions == [people.dan.pk]


def test_a_task_is_completed_from_the_timeline(sit: Sit, people: Cast, customer: Customer) -> None:
    task = writes.create(people.actor("ana"), Task(name="寄样品", about=key_of(customer), owner=people.ana))
    ana = sit("ana")
    ana.open(timeline(customer))
    ana.page.locator(".z-timeline__item").filter(has_text="寄样品").get_by_role("button", name="完成").click()
    say(ana, "寄样品")
    task.refresh_from_db()
    assert task.status == Task.Status.DONE


def test_a_stranger_sees_nothing_of_it(sit: Sit, people: Cast, customer: Customer) -> None:
    writes.create(people.actor("ana"), Activity(about=key_of(customer), content="只给自己人看"))
    writes.create(people.actor("ana"), Task(about=key_of(customer), name="自己人的事"))
    cyd = sit("cyd")
    for address in (timeline(customer), "/activities/", "/tasks/", "/calendar/", "/"):
        cyd.open(address)
        assert "自己人" not in cyd.text(), address


def test_a_follow_up_is_logged_without_script(sit: Sit, customer: Customer) -> None:
    ana = sit("ana", scripts=False)
    ana.open(f"/activities/log/?about={key_of(customer)}")
    ana.page.fill("[name=content]", "电话里谈了合同")
    ana.page.locator(".z-composer .btn-primary").click()
    ana.page.wait_for_url(f"{ana.address}/customers/{customer.pk}/")
    assert "电话里谈了合同" in ana.text()
    assert Activity.objects.get().content == "电话里谈了合同"
