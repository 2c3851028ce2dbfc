"""One world stands where the one before did, and knows nothing of it."""

from datetime import timedelta

from tests.services.drafts import minutely, process_draft, scheduled
from tests.simulation.faults import DatabaseFault
from tests.simulation.ground import every_row
from tests.simulation.world import World, a_world
from tui_scheduler.services.drafts import GroupDraft


def test_a_world_knows_nothing_of_the_one_before() -> None:
    with a_world() as world:
        at_first = every_row()
        left = _files(world)
        _live(world)
        assert all(every_row()[table] != at_first[table] for table in ("run", "command", "control"))
        assert _files(world) > left
    with a_world() as world:
        assert every_row() == at_first
        assert _files(world) == left
        _live(world)


def _live(world: World) -> None:
    """Let much happen, and a program die in the middle of a statement."""
    services = world.services
    environment = {"PROCESS": "works"}
    for name in ("works", "hangs"):
        draft = process_draft(name, command="work 90 0 1", environment=environment)
        services.processes.create(draft)
    services.groups.create(GroupDraft(name="group", members=("works", "works")))
    for name in ("hangs", "group"):
        assert scheduled(services, minutely(), process=name).id in (1, 2)
    world.start()
    world.pass_time(timedelta(minutes=2).total_seconds())
    services.controls.hold()
    world.faults.statement = DatabaseFault.KILLED_BEFORE
    world.pass_time(timedelta(minutes=2).total_seconds())
    assert not world.alive


def _files(world: World) -> set[str]:
    return {path.name for path in world.settings.database.parent.rglob("*")}
