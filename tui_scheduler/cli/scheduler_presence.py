"""Whether anybody schedules the database, as commands that wait for it must know."""

from tui_scheduler.cli.printing.output import complain
from tui_scheduler.lock_file import query_holder, trouble_of
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings

_MOST_LOOKED_AT = 1000
_MOST_TOLD = 3


def is_scheduled(settings: Settings) -> bool:
    """Whether some process schedules this database at the moment."""
    return query_holder(*settings.lock_files) is not None


def tell_if_held(services: Services) -> None:
    """Say on standard error that nothing fires until somebody has scheduling go on."""
    if services.controls.state().is_held:
        complain("All scheduling is on hold. Go on with: tui-scheduler release")


def tell_what_is_paused(services: Services, zone: str, request_id: int | None = None) -> None:
    """Say on standard error which requests, or whether that one, are paused or skip a fire."""
    now = services.context.clock.now()
    pauses = [
        f"{view.process} (request {view.id}) {'' if pause.skips_next else 'is '}"
        f"{pause.words(zone, now)}"
        for view in services.requests.paused(_MOST_LOOKED_AT)
        if (pause := view.pause(now)) and request_id in {None, view.id}
    ]
    more = [f"and {len(pauses) - _MOST_TOLD} more"] if len(pauses) > _MOST_TOLD else []
    if pauses:
        complain(f"Note: {'; '.join([*pauses[:_MOST_TOLD], *more])}")


def tell_if_nobody_schedules(settings: Settings) -> None:
    """Say on standard error that nothing happens, until somebody schedules or gets on with it."""
    holder = query_holder(*settings.lock_files)
    if trouble := trouble_of(settings.database, settings.lock_file, holder):
        complain(f"{trouble}.")
    elif holder is None:
        complain(
            "Nobody schedules this database: it waits for the screen or tui-scheduler serve."
            " To keep that going: tui-scheduler service install"
        )
