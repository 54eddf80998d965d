import pytest

from backbone.people_range import NotARange, read, together, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (None, None)),
        ("  ", (None, None)),
        ("0", (0, 0)),
        ("120", (120, 120)),
        ("100-150", (100, 150)),
        ("100 – 150", (100, 150)),
        ("100 to 150", (100, 150)),
        ("1,200-1,500", (1_200, 1_500)),
        ("1.200 a 1.500", (1_200, 1_500)),
    ],
)
def test_number_of_people_or_two_of_them_are_read(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("many", "not_a_range"),
        ("about 50", "not_a_range"),
        ("-5", "not_a_range"),
        ("1,5", "not_a_range"),
        ("12.5", "not_a_range"),
        ("10-20-30", "not_a_range"),
        ("150-100", "backwards"),
        ("99999999999999999999", "too_many"),
    ],
)
def test_anything_else_is_refused_with_its_reason(text, code):
    with pytest.raises(NotARange) as refused:
        read(text)
    assert refused.value.code == code


def test_range_is_written_as_it_is_typed():
    assert [written(None, None), written(5, 5), written(5, 8)] == ["", "5", "5-8"]
    assert read(written(5, 8)) == (5, 8)


def test_several_ranges_are_put_together_and_what_nobody_knows_is_not_zero():
    assert together([(5, 8), (10, 10), (None, None)]) == (15, 18, 2)
    assert together([(None, None)]) == (None, None, 0)
    assert together([]) == (None, None, 0)
