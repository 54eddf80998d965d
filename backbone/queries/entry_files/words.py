"""How values stand in the cells of a file, so that they can be read again. No database."""


def word(file, column, code):
    """The English word of a choice."""
    return file.choices[column][code][0] if code else ""


def iso(day):
    return day.isoformat() if day else ""


def names(rows):
    return "; ".join(str(row) for row in rows)
