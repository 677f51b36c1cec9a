"""Stand-ins for the sources of live cards, on the practice server under `/sources/NAME`: documented shapes, values
that change while one looks, and faults on demand.
"""

from ._faults import Fault, Faults
from ._serving import SOURCES, add_sources, environment

__all__ = ["SOURCES", "Fault", "Faults", "add_sources", "environment"]
