"""Listing the clusters that runs are handed to."""

import asyncio

from tui_scheduler.cli.options.click_classes import command, examples, json_option
from tui_scheduler.cli.printing.layout import Cell, Column
from tui_scheduler.cli.printing.output import complain, print_json, print_table
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.clusters import how_to_add_cluster
from tui_scheduler.errors import ExitCode
from tui_scheduler.services.views.records import Record

_COLUMNS = (
    Column("CLUSTER"),
    Column("ANSWERS"),
    Column("NODES", is_flexible=True),
    Column("RUNNING", is_number=True),
    Column("WAITING", is_number=True),
)


@command("clusters", epilog=examples("clusters", "clusters --json"))
@json_option
@pass_session
def clusters_command(session: Session, as_json: bool) -> int:
    """List the clusters of the configuration: whether each answers, and what is there.

    RUNNING and WAITING count the open runs of this database that were handed to it. Whether its
    nodes see the folder of its logs, doctor finds out.
    """
    from tui_scheduler.runtime import query_clusters

    clusters = session.settings.clusters
    if not clusters and not as_json:
        complain(how_to_add_cluster(session.settings.config), newlines=True)
    states = asyncio.run(query_clusters(list(clusters.values())))
    with session.services() as services:
        counts = services.runs.on_clusters()
    records = [
        {
            "name": name,
            "engine": cluster.engine,
            "folder": str(cluster.folder),
            "problem": states[name].problem or None,
            "nodes": dict(states[name].nodes),
            "running": counts.get(name, (0, 0))[0],
            "waiting": counts.get(name, (0, 0))[1],
        }
        for name, cluster in clusters.items()
    ]
    if as_json:
        print_json(records)
    elif records:
        print_table(_COLUMNS, list(map(_cells, records)))
    for record in records:
        if record["problem"] and not as_json:
            complain(f"{record['name']} does not answer: {record['problem']}.")
    return ExitCode.FAILED if any(record["problem"] for record in records) else ExitCode.DONE


def _cells(record: Record) -> list[Cell]:
    answers = Cell("no", "31") if record["problem"] else Cell("yes")
    nodes = (f"{number} {state}" for state, number in sorted(record["nodes"].items()))
    numbers = (Cell(str(record[name])) for name in ("running", "waiting"))
    return [Cell(record["name"]), answers, Cell(", ".join(nodes) or "-"), *numbers]
