from surveys.models import Round
from surveys.tokens import read_preview_token


def round_behind(token):
    """The round of a preview link, or None: for reading its questions only."""
    round_id = read_preview_token(token)
    found = Round.objects.select_related("initiative", "instrument_version").defer("instrument_version__definition")
    return found.filter(pk=round_id).first() if round_id else None
