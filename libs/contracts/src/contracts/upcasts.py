"""How events of retired types read today: pure functions from one version to the next, applied once at decoding.

Retire `ThingDone` v1 by moving its struct here, adding the v2 beside its siblings and naming the step in `UPCASTS`;
the approved sample of v1 stays where it is and must keep reading.
"""

from collections.abc import Callable, Mapping

from contracts.event import Event

Upcasts = Mapping[type[Event], Callable[[Event], Event]]

UPCASTS: Upcasts = {}
