"""Changing several objects at once: all of them or none, and nothing of others is lost."""

from dataclasses import replace
from typing import Any

import pytest

from tests.services.drafts import a_request, every, later, minutely
from tui_scheduler.errors import ChangedMeanwhile, InvalidInput, NotFound
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services, requests
from tui_scheduler.services.many import Edit, OneOfMany, update_all


def edits(services: Services, **fields: Any) -> list[Edit[Any]]:
    """Every request, to be changed alike."""
    drafts = {view.id: requests.draft_of(view) for view in services.requests.all()}
    return [
        Edit(id=key, name=f"request {key}", edited=draft, draft=replace(draft, **fields))
        for key, draft in drafts.items()
    ]


def descriptions(services: Services) -> list[str]:
    return [view.description for view in services.requests.all()]


@pytest.fixture
def three(services: Services) -> None:
    for name in ("archive", "backup", "clean"):
        a_request(services, minutely(), name)


@pytest.mark.usefixtures("three")
class TestAllOrNone:
    def test_all_are_changed(self, services: Services) -> None:
        update_all(services.requests.update, edits(services, description="nightly"))
        assert descriptions(services) == ["nightly"] * 3

    def test_one_that_others_changed_stops_all(self, services: Services) -> None:
        wanted = edits(services, description="nightly")
        theirs = replace(wanted[2].edited, plan=every(Frequency.HOURLY))
        services.requests.update(3, theirs)
        with pytest.raises(OneOfMany, match="Request 3 was changed meanwhile") as refused:
            update_all(services.requests.update, wanted)
        assert refused.value.id == 3
        assert isinstance(refused.value.reason, ChangedMeanwhile)
        assert refused.value.reason.stored == theirs
        assert descriptions(services) == ["", "", ""]

    def test_one_that_is_gone_stops_all(self, services: Services) -> None:
        wanted = edits(services, description="nightly")
        while services.requests.remove_step(2):
            pass
        with pytest.raises(OneOfMany) as refused:
            update_all(services.requests.update, wanted)
        assert (refused.value.id, type(refused.value.reason)) == (2, NotFound)
        assert descriptions(services) == ["", ""]

    def test_one_that_is_wrong_stops_all_and_is_named(self, services: Services) -> None:
        wanted = edits(services, description="nightly")
        wrong = replace(wanted[1].draft, plan=later("2020-01-01 00:00"), process="nothing")
        wanted[1] = replace(wanted[1], draft=wrong)
        with pytest.raises(InvalidInput, match=r"\(request 2\)"):
            update_all(services.requests.update, wanted)
        assert descriptions(services) == ["", "", ""]
