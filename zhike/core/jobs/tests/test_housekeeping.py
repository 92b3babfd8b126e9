"""What has had its time is thrown away, and nothing else."""

import os
import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from zhike.core.actors import Actor, Via
from zhike.core.idempotency import IdempotencyKey
from zhike.core.jobs import Job, NoArguments, enqueue, files
from zhike.core.jobs.housekeeping import CLEAN_UP
from zhike.core.jobs.models import ScheduledSlot
from zhike.core.jobs.worker import work_once
from zhike.identity.factories import UserFactory

pytestmark = pytest.mark.django_db


def clean_up() -> Job:
    job = enqueue(Actor.system(Via.JOB), CLEAN_UP, NoArguments())
    assert work_once(["quick"])
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def test_old_sessions_and_keys_go_and_young_ones_stay() -> None:
    now, user = timezone.now(), UserFactory.create()
    for number in range(700):
        Session.objects.create(session_key=f"old{number}", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="young", expire_date=now + timedelta(minutes=1))
    IdempotencyKey.objects.create(user=user, key="old", request_hash="", created_at=now - timedelta(hours=25))
    IdempotencyKey.objects.create(user=user, key="young", request_hash="", created_at=now - timedelta(hours=23))
    job = clean_up()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["young"]
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["young"]
    assert job.done >= 701


def test_slots_go_but_for_the_newest_of_each_schedule() -> None:
    now = timezone.now()
    for days in (100, 50, 1):
        ScheduledSlot.objects.create(name="busy", slot=now - timedelta(days=days))
    for days in (400, 300):
        ScheduledSlot.objects.create(name="yearly", slot=now - timedelta(days=days))
    clean_up()
    left = sorted((slot.name, (now - slot.slot).days) for slot in ScheduledSlot.objects.all())
    assert left == [("busy", 1), ("yearly", 300)]


def test_files_that_no_job_knows_go_when_they_are_old() -> None:
    old, young = files.folder() / "forgotten", files.folder() / "being-written"
    for path in (old, young):
        path.touch()
    eight_days = time.time() - 8 * 24 * 3600
    os.utime(old, (eight_days, eight_days))
    clean_up()
    assert not old.exists()
    assert young.exists()
    young.unlink()
