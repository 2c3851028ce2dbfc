"""Running many worlds from one seed, so that a failure can be had again."""

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.stories import Story

_STEPS = 15


def run_worlds(number: int, chosen: int, *, shrinks: bool = True) -> None:
    """Live through so many worlds of a seed; the first wrong one is told as shortly as can be.

    A thousand is enough for one seed: of more Hypothesis would remember more than is of use.
    """

    class Seeded(Story):
        """A class of its own, as the seed is kept in it."""

    how = settings(
        max_examples=number,
        stateful_step_count=_STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(chosen)(Seeded), settings=how)
    except BaseException as error:
        error.add_note(f"again: python -m tests.simulation --worlds {number} --seed {chosen}")
        raise
