"""Where effects go: one module per destination, each a payload builder, a sender and a read-back by natural key.

Add one: a module with the methods of `base.Destination`, rows in the `field_map` seed, a line here, and the standard crash test.
"""

import sqlalchemy as sa

from signals_pipeline.activation.destinations.base import Destination
from signals_pipeline.activation.destinations.in_app import InAppDestination
from signals_pipeline.activation.destinations.outreach import OutreachDestination
from signals_pipeline.activation.destinations.salesforce import SalesforceDestination
from signals_pipeline.activation.destinations.slack import SlackDestination
from signals_pipeline.activation.doors import Doors
from signals_pipeline.io import ops
from signals_pipeline.runtime import Runtime


def destinations(rt: Runtime, doors: Doors) -> dict[str, Destination]:
    """The destinations that are on, by name."""
    found: dict[str, Destination] = {"in_app": InAppDestination(rt.ops, rt.stamp())}
    if doors.salesforce is not None:
        found["salesforce"] = SalesforceDestination(doors.salesforce)
    if doors.outreach is not None:
        found["outreach"] = OutreachDestination(doors.outreach)
    if doors.slack is not None:
        found["slack"] = SlackDestination(doors.slack, _channel(rt))
    return found


def _channel(rt: Runtime) -> str:
    """The id of our channel as the newest alert was told; history is asked by id, posts go by name."""
    newest = sa.select(ops.ledger.c.vendor_id).where(ops.ledger.c.destination == "slack", ops.ledger.c.vendor_id.like("C%:%"))
    with rt.ops.connect() as connection:
        found = connection.execute(newest.order_by(ops.ledger.c.sent_at.desc()).limit(1)).scalar()
    return found.partition(":")[0] if found else rt.settings.slack_channel
