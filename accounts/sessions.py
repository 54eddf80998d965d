"""Sessions in the database, as Django keeps them, read with SQL that was written once: it is the first read of every page."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from core.statements import CompiledRead, columns_of

COLUMNS = columns_of(Session)
_stored = CompiledRead(
    lambda key: Session.objects.filter(session_key=key).values_list(*COLUMNS),
    parameters=(str,),
)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        row = _stored.first(self.session_key)
        session = row and Session.from_db(connection.alias, COLUMNS, row)
        if session and session.expire_date > timezone.now():
            return session
        self._session_key = None
        return None
