from surveys.models.instruments import Instrument, InstrumentVersion
from surveys.models.invitations import Invitation, Mailing
from surveys.models.past import PastFigure, PastImport, PastResponse
from surveys.models.responses import Response
from surveys.models.rounds import ClusterSector, Round, RoundText, SectorCluster

__all__ = [
    "ClusterSector",
    "Instrument",
    "InstrumentVersion",
    "Invitation",
    "Mailing",
    "PastFigure",
    "PastImport",
    "PastResponse",
    "Response",
    "Round",
    "RoundText",
    "SectorCluster",
]
