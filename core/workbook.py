"""Writing XLSX row by row, in little memory. No cell is ever a formula or a link: texts are written as texts, and one that
a spreadsheet program would run once somebody saved it as CSV gets an apostrophe, as `core.csv` gives it."""

from contextlib import contextmanager

import xlsxwriter

from core.csv import neutralise

# What a cell and the name of a sheet may hold at most.
LONGEST_CELL, LONGEST_NAME = 32_767, 31
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


class Sheet:
    """One sheet; rows can only be added at its end."""

    def __init__(self, sheet, bold):
        self._sheet, self._bold, self._row = sheet, bold, 0

    def header(self, cells):
        self._sheet.freeze_panes(1, 0)
        self.add(cells, self._bold)

    def add(self, cells, style=None):
        """Numbers are written as numbers, nothing and "" as an empty cell, everything else as text."""
        for column, cell in enumerate(cells):
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                self._sheet.write_number(self._row, column, cell, style)
            elif cell is not None and cell != "":
                self._sheet.write_string(self._row, column, neutralise(cell)[:LONGEST_CELL], style)
        self._row += 1


@contextmanager
def writing(target, *, folder=None):
    """`with writing(path) as add_sheet: sheet = add_sheet(name)`. One sheet is written after the other.

    `target` is a path or a file; `folder` is where what is not finished yet lies meanwhile.
    """
    with xlsxwriter.Workbook(target, OPTIONS | ({"tmpdir": str(folder)} if folder else {})) as workbook:
        bold = workbook.add_format({"bold": True})
        yield lambda name: Sheet(workbook.add_worksheet(name[:LONGEST_NAME]), bold)
