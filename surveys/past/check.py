"""The dry run of a file of answers: what each column and each value is taken for, and the rows that would be kept."""

from collections import defaultdict
from dataclasses import dataclass, field

from surveys.definition import AGREEMENT
from surveys.past.columns import ORGANISATION, SECTOR, SUBMITTED, code_of, is_understood, propose, targets_of
from surveys.past.values import chosen_of, is_chosen, labels_of, understand, wanted
from surveys.past.wording import key, tidy

MOST_LISTED = 500
MOST_VALUES = 200
LONGEST_VALUE = 120
MOST_ROWS = 20_000
SCALE = "scale"
NO_ANSWER = "none"


@dataclass(frozen=True)
class Row:
    """One person's answers by code. `organisation` is a number that people of one organisation share, None unknown."""

    number: int
    answers: dict
    organisation: int | None = None
    sector: str = ""


@dataclass
class Found:
    """`targets`: {place: what the column is taken for}, `how`: {place: how that was found, "chosen" by a person}.

    `values`: {(scale or question, text): [answer or None, times]}. `unknown`: (row, column title, text).
    `counts`: {place: [understood, blank, unknown]}.
    """

    rows: list = field(default_factory=list)
    targets: dict = field(default_factory=dict)
    how: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    unknown: list = field(default_factory=list)
    counts: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    rows_in_file: int = 0
    not_submitted: int = 0
    empty: int = 0
    organisations: int = 0

    @property
    def codes(self):
        """The questions that were asked, by code: those that anybody answered."""
        asked = (t for place, t in self.targets.items() if t and t[0] != "@" and self.counts[place][0])
        return list(dict.fromkeys(map(code_of, asked)))


def check(sheet, definition, mapping, sectors=()):
    """`Found` for a Sheet. `sectors`: names that the initiative has; nothing else is taken as one. `mapping`: {"columns": {place as text: target}, "values": {"scale|text": answer}}, each in
    place of what is proposed; a column that may name people is left out whatever the mapping says."""
    found = Found(rows_in_file=len(sheet.rows))
    _choose(found, sheet, definition, mapping.get("columns"))
    reader = _Reader(found, sheet, definition, mapping.get("values", {}), sectors)
    for number, cells in sheet.rows:
        reader.take(number, cells)
    found.organisations = len(reader.organisations)
    return found


def group_of(question):
    """Where a value means the same in every column: on the scale of agreement, on another scale, or in one question."""
    if question.kind != "matrix":
        return question.code
    return SCALE if question.scale.measures == AGREEMENT else f"{SCALE}:{question.scale.code}"


def value_key(group, text):
    """How a value is named in a mapping: its scale (or question) and its letters."""
    return f"{group}|{key(text) or text}"


def _choose(found, sheet, definition, chosen):
    understood = (target for question in filter(is_understood, definition.questions) for target in targets_of(question))
    offered = {ORGANISATION, SECTOR, SUBMITTED, *understood}
    proposals = propose(sheet, definition)
    for column in sheet.columns:
        proposal = proposals.get(column.place)
        target = proposal.target if proposal else ""
        if chosen is not None:
            target = chosen.get(str(column.place), "")
        if column.is_personal or target not in offered or target in found.targets.values():
            target = ""
        found.targets[column.place] = target
        if target:
            found.how[column.place] = proposal.how if proposal and proposal.target == target else "chosen"


class _Reader:
    def __init__(self, found, sheet, definition, chosen, sectors):
        self.found, self.chosen, self.organisations = found, chosen, {}
        self.title = {column.place: column.title for column in sheet.columns}
        self.questions = {
            place: definition.question_of[code_of(target)]
            for place, target in found.targets.items()
            if target and not target.startswith("@")
        }
        self.labels = {question.code: labels_of(question) for question in self.questions.values()}
        self.place = {target: place for place, target in found.targets.items() if target.startswith("@")}
        self.sectors = {key(name): name for name in sectors}

    def take(self, number, cells):
        if SUBMITTED in self.place and not self._cell(cells, SUBMITTED):
            self.found.not_submitted += 1
            return
        answers, chosen = {}, defaultdict(list)
        for place, question in self.questions.items():
            text = tidy(cells[place]) if place < len(cells) else ""
            if "." in self.found.targets[place]:
                self._choice(number, place, question, text, chosen)
            else:
                self._answer(number, place, question, text, answers)
        self._put_together(number, chosen, answers)
        if answers:
            self.found.rows.append(Row(number, answers, self._organisation(cells), self._sector(number, cells)))
        else:
            self.found.empty += 1

    def _choice(self, number, place, question, text, chosen):
        """The column of one choice out of several."""
        code = self.found.targets[place].partition(".")[2]
        option = next(each for each in question.options if each.code == code)
        says = is_chosen(text, option)
        self.found.counts[place][2 if says is None else 0 if says else 1] += 1
        if says:
            chosen[question.code].append(code)
        elif says is None:
            self._unknown(number, self.title[place], text)

    def _put_together(self, number, chosen, answers):
        asked = {question.code: question for question in self.questions.values()}
        for code, options in chosen.items():
            answer = chosen_of(options, asked[code])
            if answer is None:
                self._unknown(number, code, ", ".join(options))
            else:
                answers[code] = answer

    def _unknown(self, number, title, text):
        self.found.unknown.append((number, title, text[:LONGEST_VALUE]))

    def _answer(self, number, place, question, text, answers):
        if not text:
            self.found.counts[place][1] += 1
            return
        group = group_of(question)
        value, is_known = self._value(group, text, question)
        if is_known and value is not None and question.kind in ("several_choices", "number"):
            # Nearly every cell is another one: only what is not understood is worth a line.
            self.found.counts[place][0] += 1
            answers[self.found.targets[place]] = value
            return
        entry = self.found.values.setdefault((group, key(text) or text), [text[:LONGEST_VALUE], value, is_known, 0])
        entry[3] += 1
        if not is_known:
            self.found.counts[place][2] += 1
            self._unknown(number, self.title[place], text)
        elif value is None:
            self.found.counts[place][1] += 1
        else:
            self.found.counts[place][0] += 1
            answers[self.found.targets[place]] = value

    def _value(self, group, text, question):
        """(answer or None, whether it is known what the text means)."""
        chosen = self.chosen.get(value_key(group, text))
        if chosen == NO_ANSWER:
            return None, True
        value = understand(text, question, self.labels[question.code]) if not chosen else wanted(chosen, question)
        return value, value is not None

    def _cell(self, cells, role):
        place = self.place.get(role)
        return tidy(cells[place]) if place is not None and place < len(cells) else ""

    def _organisation(self, cells):
        name = key(self._cell(cells, ORGANISATION))
        return self.organisations.setdefault(name, len(self.organisations) + 1) if name else None

    def _sector(self, number, cells):
        """A sector that the initiative has; none where the file does not say who is of one organisation."""
        name = self._cell(cells, SECTOR)
        if not name or ORGANISATION not in self.place:
            return ""
        known = self.sectors.get(key(name))
        self.found.counts[self.place[SECTOR]][0 if known else 2] += 1
        if not known:
            self.found.unknown.append((number, self.title[self.place[SECTOR]], name[:LONGEST_VALUE]))
        return known or ""


def report_of(found, sheet, invited):
    """The dry run as JSON for its page."""
    return {
        "rows_in_file": found.rows_in_file,
        "rows": len(found.rows),
        "not_submitted": found.not_submitted,
        "empty": found.empty,
        "organisations": found.organisations,
        "codes": found.codes,
        "columns": [
            _column(found, column) for column in sheet.columns if column.title or found.counts.get(column.place)
        ],
        "values": _values(found),
        "unknown": found.unknown[:MOST_LISTED],
        "unknown_count": len(found.unknown),
        "problems": list(_problems(found, invited)),
    }


def _column(found, column):
    understood, blank, unknown = found.counts.get(column.place, (0, 0, 0))
    return {
        "place": column.place,
        "title": column.title,
        "is_personal": column.is_personal,
        "target": found.targets[column.place],
        "how": found.how.get(column.place, ""),
        "understood": understood,
        "blank": blank,
        "unknown": unknown,
    }


def _values(found):
    """The values that were met, those not understood first, then the most frequent."""
    rows = [
        {"key": value_key(group, text), "group": group, "text": text, "taken": value, "is_known": known, "times": times}
        for (group, _key), (text, value, known, times) in found.values.items()
    ]
    return sorted(rows, key=lambda row: (row["is_known"], row["group"], -row["times"], row["text"]))[:MOST_VALUES]


def _problems(found, invited):
    if not any(target and target[0] != "@" for target in found.targets.values()):
        yield "no_question"
    elif not found.rows:
        yield "no_row"
    if invited is not None and invited < len(found.rows):
        yield "more_than_invited"
    if len(found.rows) > MOST_ROWS:
        yield "too_many_rows"
    targets = set(found.targets.values())
    if SECTOR in targets and ORGANISATION not in targets:
        yield "sector_alone"
    if ORGANISATION in targets and found.organisations < 2 and found.rows:
        yield "one_organisation"
