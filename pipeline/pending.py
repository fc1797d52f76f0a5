"""What is still to do, asked from the books themselves: events only wake, this decides.

Cheap enough to be asked every second, and never in the way of a step that is at work.
"""

from dataclasses import dataclass, field

from pipeline.settings import Books, BooksError


@dataclass(frozen=True)
class Pending:
    """`ready`: deliveries not loaded yet; `waiting`: not complete yet; `refused`: exports with reasons and cures.

    `periods` and `sources` are not built yet. `busy`: a step is at work on the warehouse, so that it cannot be read
    now. `settling`: a delivery came just now. `arrived`: some export has come, ever.
    """

    ready: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    periods: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    unpublished: bool = False
    refused: list[str] = field(default_factory=list)
    busy: bool = False
    settling: bool = False
    arrived: bool = False

    @property
    def nothing(self) -> bool:
        """Whether nothing is left to do; what was refused is somebody else's to cure."""
        return not (self.ready or self.settling or self.periods or self.unpublished or self.busy)


def pending(books: Books) -> Pending:
    """What load, build and publish would do now. Writes nothing and waits for nobody."""
    from ingestion.landing import SETTLING
    from pipeline.load import landing_now
    from pipeline.lock import glancing
    from pipeline.plan import current_inputs
    from pipeline.publish import unpublished
    from pipeline.warehouse import read_state

    landing = landing_now(books)
    inputs = current_inputs(books)
    periods: list[str] = []
    unpublished_now = False
    with glancing(books) as free:
        busy = not free
        try:
            if free:
                periods = inputs.touched(read_state(books))
                unpublished_now = unpublished(books)
        except BooksError:  # another program holds the warehouse
            busy = True
    return Pending(
        ready=landing.ready,
        waiting=landing.waiting,
        periods=periods,
        sources=inputs.sources_of(periods),
        unpublished=unpublished_now,
        refused=landing.refused,
        busy=busy,
        settling=any(line.endswith(SETTLING) for line in landing.waiting),
        arrived=landing.arrived,
    )
