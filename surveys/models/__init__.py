from surveys.models.instruments import Instrument, InstrumentVersion
from surveys.models.invitations import Invitation, Mailing
from surveys.models.responses import Response
from surveys.models.rounds import ClusterSector, Round, RoundText, SectorCluster

__all__ = [
    "ClusterSector",
    "Instrument",
    "InstrumentVersion",
    "Invitation",
    "Mailing",
    "Response",
    "Round",
    "RoundText",
    "SectorCluster",
]
