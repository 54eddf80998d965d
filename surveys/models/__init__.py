from surveys.models.anonymous import AnonymousResponse, AnswerPool
from surveys.models.conclusions import Conclusion, ConclusionText
from surveys.models.instruments import Instrument, InstrumentVersion
from surveys.models.invitations import Invitation, Mailing
from surveys.models.past import PastFigure, PastImport, PastResponse
from surveys.models.plans import RoundPlan
from surveys.models.releases import AnswersFile, AnswersFilePart, Release
from surveys.models.responses import Response
from surveys.models.rounds import MOST_REMINDERS, ClusterSector, Round, RoundText, SectorCluster
from surveys.models.texts import TextReview

__all__ = [
    "MOST_REMINDERS",
    "AnonymousResponse",
    "AnswerPool",
    "AnswersFile",
    "AnswersFilePart",
    "ClusterSector",
    "Conclusion",
    "ConclusionText",
    "Instrument",
    "InstrumentVersion",
    "Invitation",
    "Mailing",
    "PastFigure",
    "PastImport",
    "PastResponse",
    "Release",
    "Response",
    "Round",
    "RoundPlan",
    "RoundText",
    "SectorCluster",
    "TextReview",
]
