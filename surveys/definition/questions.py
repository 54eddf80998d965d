"""One question of a definition from its table, checked, and back to JSON."""

from surveys.definition.nouns import (
    OTHER,
    Condition,
    Date,
    Item,
    LongText,
    Matrix,
    Number,
    Option,
    OtherText,
    Ranking,
    Rating,
    Scale,
    SeveralChoices,
    ShortText,
    SingleChoice,
)

CODE = r"[a-z][a-z0-9_]{0,39}"
# Codes are the names of form fields, and the answering page has fields of its own.
RESERVED = ("csrfmiddlewaretoken", "action", "go", "language", "next", "page", "section", "submit", "token")
KINDS = (
    "matrix",
    "long_text",
    "single_choice",
    "several_choices",
    "rating",
    "ranking",
    "number",
    "date",
    "short_text",
)
MOST_DECIMALS = 4


def read_question(table, languages, scales, codes, earlier):
    """The question of a table. `codes`: all that were taken before; `earlier`: the questions before it by code."""
    kind = table.string("kind", among=KINDS)
    shared = {
        "code": code_of(table, codes),
        "text": table.wording("text", languages),
        "help": table.wording("help", languages, optional=True),
        "required": table.flag("required", default=False),
        "show_if": _condition(table, earlier) if table.has("show_if") else None,
    }
    question = READ[kind](table, shared, languages, scales, codes)
    table.close()
    earlier[question.code] = question
    return question


def code_of(table, codes):
    """The code of a table, which nothing else in `codes` has; it is put there."""
    code = table.string("code", pattern=CODE)
    if code in RESERVED:
        table.refuse("code", f"is “{code}”, a name that the answering page keeps for itself")
    _take(table, code, codes)
    return code


def _take(table, code, codes):
    if code in codes:
        table.refuse("code", f"is “{code}” for the second time")
    codes.add(code)


def _condition(table, earlier):
    inner = table.table("show_if")
    asked = earlier.get(code := inner.string("code"))
    if asked is None:
        inner.refuse("code", f"is “{code}”, which no question before this one has")
    if asked.kind == "rating":
        values = inner.numbers("values", among=tuple(asked.values.values()))
    elif asked.kind in ("single_choice", "several_choices"):
        values = inner.strings("values", among=asked.offered)
    else:
        inner.refuse("code", f"is “{code}”, which is no choice and no rating")
    if not values:
        inner.refuse("values", "is empty")
    inner.close()
    return Condition(code, values)


def _matrix(table, shared, languages, scales, codes):
    scale = scales[table.string("scale", among=scales)]
    items = tuple(_item(item, languages, scale, codes) for item in table.tables("items"))
    return Matrix(**shared, scale=scale, items=items)


def _item(table, languages, scale, codes):
    item = Item(
        code=code_of(table, codes),
        text=table.wording("text", languages),
        indicators=table.strings("indicators"),
        reverse=table.flag("reverse", default=False),
        comparable=table.flag("comparable", default=True),
        minimum=scale.minimum,
        maximum=scale.maximum,
    )
    if item.indicators and scale.maximum != Scale.counted:
        table.refuse("indicators", f"needs a scale of {Scale.counted} points, “{scale.code}” has {scale.maximum}")
    table.close()
    return item


def _single_choice(table, shared, languages, _scales, codes):
    return SingleChoice(**shared, **_choices(table, shared["code"], languages, codes))


def _several_choices(table, shared, languages, _scales, codes):
    choices = _choices(table, shared["code"], languages, codes)
    offered = [option.code for option in choices["options"]]
    total = len(offered) + bool(choices["other"])
    most = table.whole("maximum", least=1, most=total) if table.has("maximum") else None
    return SeveralChoices(
        **shared,
        **choices,
        minimum=table.whole("minimum", least=0, most=most or total) if table.has("minimum") else 0,
        maximum=most,
        exclusive=table.string("exclusive", among=offered) if table.has("exclusive") else None,
    )


def _choices(table, code, languages, codes):
    options, other = _options(table, languages), None
    if table.has("other"):
        if OTHER in (option.code for option in options):
            table.refuse("options", f"has the code “{OTHER}”, which is that of the key other")
        other = OtherText(f"{code}_{OTHER}", table.wording("other", languages))
        _take(table, other.code, codes)
    return {"options": options, "other": other}


def _rating(table, shared, languages, _scales, _codes):
    lowest = table.wording("lowest", languages, optional=True)
    return Rating(**shared, lowest=lowest, highest=table.wording("highest", languages, optional=True))


def _ranking(table, shared, languages, _scales, _codes):
    options = _options(table, languages)
    if len(options) < 2:
        table.refuse("options", "must have at least two, or there is nothing to bring in order")
    places = table.whole("places", least=1, most=len(options)) if table.has("places") else len(options)
    return Ranking(**shared, options=options, places=places)


def _number(table, shared, languages, _scales, _codes):
    number = Number(
        **shared,
        minimum=table.number("minimum") if table.has("minimum") else None,
        maximum=table.number("maximum") if table.has("maximum") else None,
        decimals=table.whole("decimals", least=0, most=MOST_DECIMALS) if table.has("decimals") else 0,
        unit=table.wording("unit", languages, optional=True),
    )
    if number.minimum is not None and number.maximum is not None and number.minimum > number.maximum:
        table.refuse("minimum", "is more than maximum")
    return number


def _date(_table, shared, _languages, _scales, _codes):
    return Date(**shared)


def _short_text(_table, shared, _languages, _scales, _codes):
    return ShortText(**shared)


def _long_text(table, shared, _languages, _scales, _codes):
    indicators = table.strings("indicators", default=())
    return LongText(**shared, indicators=indicators, coded=table.flag("coded", default=False))


def _options(table, languages):
    options, seen = [], set()
    for choice in table.tables("options"):
        options.append(Option(code=code_of(choice, seen), text=choice.wording("text", languages)))
        choice.close()
    return tuple(options)


READ = {
    "matrix": _matrix,
    "long_text": _long_text,
    "single_choice": _single_choice,
    "several_choices": _several_choices,
    "rating": _rating,
    "ranking": _ranking,
    "number": _number,
    "date": _date,
    "short_text": _short_text,
}


def question_json(question):
    """Plain values of a question; what it does not have is left out."""
    values = {
        "kind": question.kind,
        "code": question.code,
        "text": question.text.as_dict(),
        "required": question.required,
    }
    if question.help:
        values["help"] = question.help.as_dict()
    if question.show_if:
        values["show_if"] = {"code": question.show_if.code, "values": list(question.show_if.values)}
    return values | _own_json(question)


def _own_json(question):
    if question.kind == "matrix":
        return {"scale": question.scale.code, "items": [_item_json(item) for item in question.items]}
    if question.kind == "long_text":
        return {"indicators": list(question.indicators), "coded": question.coded}
    own = {name: getattr(question, name) for name in PLAIN.get(question.kind, ())}
    words = {name: getattr(question, name) for name in WORDS.get(question.kind, ())}
    own |= {name: wording.as_dict() for name, wording in words.items() if wording}
    if question.kind in ("single_choice", "several_choices", "ranking"):
        own["options"] = [{"code": o.code, "text": o.text.as_dict()} for o in question.options]
    if question.other:
        own["other"] = question.other.text.as_dict()
    return {name: value for name, value in own.items() if value is not None}


PLAIN = {
    "several_choices": ("minimum", "maximum", "exclusive"),
    "ranking": ("places",),
    "number": ("minimum", "maximum", "decimals"),
}
WORDS = {"rating": ("lowest", "highest"), "number": ("unit",)}


def _item_json(item):
    return {
        "code": item.code,
        "text": item.text.as_dict(),
        "indicators": list(item.indicators),
        "reverse": item.reverse,
        "comparable": item.comparable,
    }
