"""The catalogue of groups: what is refused, kept and shown."""

from dataclasses import replace

import pytest

from tests.services.drafts import a_process, a_request, a_window
from tests.services.groups import a_group, play, triggered
from tests.support.clock import FakeClock
from tui_scheduler.errors import InvalidInput, NotFound, Refused
from tui_scheduler.models import GroupMember, Overlap
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.groups import draft_of
from tui_scheduler.services.parameters.parameters import Parameter


def problems(services: Services, draft: GroupDraft) -> list[str]:
    return [str(problem) for problem in services.groups.problems(draft)]


def test_a_group_is_shown_as_it_was_stored(services: Services) -> None:
    group = a_group(services, "b", "a", "b", stop_on_failure=True, overlap=Overlap.QUEUE)
    assert group.members == ("b", "a", "b")
    assert group.stop_on_failure is True
    assert group.overlap is Overlap.QUEUE
    assert services.groups.named("nightly") == services.groups.get(group.id) == group
    assert services.groups.all() == [group]


@pytest.mark.parametrize(
    ("draft", "problem"),
    [
        (GroupDraft(name=""), "name: is missing: give it a name"),
        (GroupDraft(name="a"), "name: 'a' is taken: choose another one"),
        (GroupDraft(name="x", description="\0"), "description: holds a NUL character: remove it"),
        (GroupDraft(name="x", members=("b",)), "members: there is no process 'b': add it first"),
        (
            GroupDraft(name="x", members=("a", "nightly")),
            "members: 'nightly' is a group: name the processes it runs",
        ),
        (
            GroupDraft(name="x", members=("a",) * 501),
            "members: are more than 500: make several groups",
        ),
        (
            GroupDraft(name="x", members=("\udcff",)),
            "members: there is no process '\\udcff': add it first",
        ),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(
    services: Services, draft: GroupDraft, problem: str
) -> None:
    a_group(services, "a")
    assert problems(services, draft) == [problem]
    with pytest.raises(InvalidInput):
        services.groups.create(draft)


def test_an_empty_group_can_be_stored_but_not_scheduled(services: Services) -> None:
    group = a_group(services)
    assert group.members == ()
    request = a_request(services, process="nightly")
    for start in (services.requests.schedule, services.runs.trigger):
        with pytest.raises(Refused, match="The group 'nightly' has no members"):
            start(request.id)


def test_a_group_that_was_emptied_when_it_is_to_run_says_so(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, "a")
    run = triggered(services)
    GroupMember.delete().execute()
    play(services, clock)
    ended = services.runs.get(run.id)
    assert (ended.status, ended.note) == ("error", "The group has no members: add some")


def test_a_change_replaces_the_members_and_keeps_its_requests(services: Services) -> None:
    group = a_group(services, "a", "b")
    a_request(services, process="nightly")
    changed = services.groups.update(group.id, replace(draft_of(group), members=("b", "b")))
    assert changed.members == ("b", "b")
    assert changed.request_count == 1


def test_a_process_that_is_removed_leaves_its_groups(services: Services) -> None:
    a_group(services, "a", "b", "a")
    services.processes.remove_step(services.processes.named("a").id)
    assert services.groups.named("nightly").members == ("b",)


def test_removing_a_group_keeps_its_members(services: Services, clock: FakeClock) -> None:
    group = a_group(services, "a")
    triggered(services)
    play(services, clock)
    assert not services.groups.remove_step(group.id)
    assert services.groups.all() == []
    assert services.requests.all() == []
    assert [view.name for view in services.processes.all()] == ["a"]
    with pytest.raises(NotFound):
        services.groups.get(group.id)


def test_a_group_is_no_process_and_the_other_way_round(services: Services) -> None:
    group = a_group(services, "a")
    process = services.processes.named("a")
    assert services.processes.names() == ["a"]
    assert services.groups.names() == ["nightly"]
    with pytest.raises(NotFound):
        services.processes.get(group.id)
    with pytest.raises(NotFound):
        services.processes.named("nightly")
    with pytest.raises(NotFound):
        services.groups.get(process.id)
    with pytest.raises(NotFound):
        services.groups.update(process.id, GroupDraft(name="other"))


def test_a_page_finds_and_sorts_groups_alone(services: Services) -> None:
    a_process(services, "a")
    for name in ("beta", "alpha", "gamma"):
        a_group(services, "a", name=name)
    page = services.groups.page(a_window(text="A"))
    assert [group.name for group in page.rows] == ["alpha", "beta", "gamma"]
    assert (page.total, page.overall) == (3, 3)
    page = services.groups.page(a_window(text="gam"))
    assert [group.name for group in page.rows] == ["gamma"]
    assert (page.total, page.overall) == (1, 3)


class TestSteps:
    def test_a_group_keeps_its_steps(self, services: Services) -> None:
        members = ("extract", ("load-a", "load-b"), ("load-c", "extract"), "report")
        group = a_group(services, *members)
        assert group.members == services.groups.members_of(group.id) == members
        assert services.groups.all() == [group]

    def test_a_step_of_one_is_as_a_member_without_a_step(self, services: Services) -> None:
        a_process(services, "a")
        draft = GroupDraft(name="x", members=(("a",), (), "a"))
        assert draft.members == ("a", "a")
        assert services.groups.create(draft).members == ("a", "a")

    def test_a_process_that_is_removed_leaves_its_step_to_the_others(
        self, services: Services
    ) -> None:
        a_group(services, ("a", "b"), ("c", "a", "d"), "a")
        services.processes.remove_step(services.processes.named("a").id)
        assert services.groups.named("nightly").members == ("b", ("c", "d"))

    @pytest.mark.parametrize(
        "members", [("b", ("b", "a", "b")), (("a", "b"), ("b", "b", "b"))], ids=str
    )
    def test_a_process_cannot_run_together_with_itself(
        self, services: Services, members: tuple[str | tuple[str, ...], ...]
    ) -> None:
        a_group(services, "a", "b")
        refused = problems(services, GroupDraft(name="x", members=members))
        assert refused == ["members: 'b' stands twice in one step: give each a step of its own"]

    def test_all_members_count_and_not_the_steps(self, services: Services) -> None:
        a_group(services, "a", "b")
        draft = GroupDraft(name="x", members=(("a", "b"),) * 251)
        assert problems(services, draft) == ["members: are more than 500: make several groups"]

    def test_a_group_in_a_step_is_refused_as_any_other(self, services: Services) -> None:
        a_group(services, "a")
        refused = problems(services, GroupDraft(name="x", members=(("a", "nightly"),)))
        assert refused == ["members: 'nightly' is a group: name the processes it runs"]

    def test_parameters_are_those_that_all_members_declare(self, services: Services) -> None:
        for name, parameter in (("a", "DAY"), ("b", "MODE"), ("c", "DAY")):
            a_process(services, name, parameters=(Parameter(name=parameter),))
        a_group(services, ("a", "b"), "c")
        declared = services.requests.declared("nightly")
        assert [parameter.name for parameter in declared] == ["DAY", "MODE"]
