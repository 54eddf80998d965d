"""The words of mails about follow-ups and of the weekly digest, in the language that is on. No database and no clock."""

from django.utils import formats
from django.utils.translation import gettext as _

from surveys.mail.headers import one_line


def reminder(reminders, *, link, stop_link, sender):
    """(subject, body) of the one mail that reminds a person; `reminders` is a backbone.queries.reminders.Reminders."""
    first = one_line(reminders.person.name).split(" ")[0]
    parts = [_("Hello %(name)s,") % {"name": first}]
    parts += _section(_("This was due:"), reminders.late)
    parts += _section(_("This is due soon:"), reminders.soon)
    parts += _section(_("We noted that you promised this. Please tell us whether that is right:"), reminders.questions)
    if reminders.person.is_contact:
        parts += [
            _(
                "On your own page you say what is done. You need no password, only this link, which is meant for you alone:"
            ),
            link,
            _("If you have a question, simply reply to this mail."),
            one_line(sender),
            _("You get one such mail a day at most. If you want no more of them:"),
            stop_link,
        ]
    else:
        parts += [_("Say there what is done:"), link, _("Want no such mails? Your own settings:"), stop_link]
    subject = _("%(initiative)s: what you agreed to do") % {"initiative": one_line(reminders.person.initiative.name)}
    return subject, "\n\n".join(parts) + "\n"


def digest(sections, *, name, initiative, base_url, settings_link):
    """(subject, body) of the mail that tells one of the staff what waits this week."""
    parts = [_("Hello %(name)s,") % {"name": one_line(name).split(" ")[0]}, _("This waits for you this week:")]
    for section in sections:
        lines = [f"{section.heading} ({section.number})", *(f"- {one_line(line)}" for line in section.lines)]
        if section.number > len(section.lines):
            lines.append(_("- and more"))
        parts.append("\n".join([*lines, f"{base_url}{section.path}"]))
    parts += [
        _("You get this on Monday mornings where you are, and only if something waits. To stop it:"),
        settings_link,
    ]
    subject = _("%(initiative)s: what waits this week") % {"initiative": one_line(initiative)}
    return subject, "\n\n".join(parts) + "\n"


def _section(heading, rows):
    return ["\n".join([heading, *(f"- {_in_line(row)}" for row in rows)])] if rows else []


def _in_line(row):
    title, how_much = one_line(row.title), getattr(row, "how_much", "")
    title = f"{title}: {how_much}" if how_much else title
    if not row.due_on:
        return title
    return _("%(what)s (until %(day)s)") % {"what": title, "day": formats.date_format(row.due_on, "DATE_FORMAT")}
