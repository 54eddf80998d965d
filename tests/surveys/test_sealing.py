import secrets

import pytest

from surveys.sealing import SMALLEST, SealBroken, seal, unseal

CONTENT = {"answered": [1, 2], "answers": [{"comment": "Grüße"}, {"gv1_a": 4}]}


def test_what_was_sealed_comes_back():
    assert unseal(seal(CONTENT, round_id=1, number=0), round_id=1, number=0) == CONTENT


def test_the_same_content_is_never_sealed_the_same_way():
    assert seal(CONTENT, round_id=1, number=0) != seal(CONTENT, round_id=1, number=0)


def test_size_says_nothing_of_what_was_added():
    more = CONTENT | {"answers": [{"comment": f"{number}" * 50} for number in range(200)]}
    assert len(seal(CONTENT, round_id=1, number=0)) == len(seal(more, round_id=1, number=0)) == SMALLEST + 12 + 16


def test_more_than_fits_takes_the_next_size():
    big = {"answers": [secrets.token_hex(SMALLEST)]}
    sealed = seal(big, round_id=1, number=0)
    assert len(sealed) == 2 * SMALLEST + 12 + 16
    assert unseal(sealed, round_id=1, number=0) == big


@pytest.mark.parametrize("place", [{"round_id": 2, "number": 0}, {"round_id": 1, "number": 1}])
def test_what_was_moved_is_refused(place):
    with pytest.raises(SealBroken):
        unseal(seal(CONTENT, round_id=1, number=0), **place)


def test_every_changed_byte_is_refused():
    sealed = seal(CONTENT, round_id=1, number=0)
    for place in (0, 11, 12, 500, len(sealed) - 1):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            unseal(changed, round_id=1, number=0)
    with pytest.raises(SealBroken):
        unseal(sealed[:5], round_id=1, number=0)


def test_another_key_opens_nothing_and_the_error_says_what_to_do(settings):
    sealed = seal(CONTENT, round_id=1, number=0)
    settings.SURVEY_LINK_KEY = "another key that is long enough to be one"
    with pytest.raises(SealBroken, match="Set the earlier key again"):
        unseal(sealed, round_id=1, number=0)
