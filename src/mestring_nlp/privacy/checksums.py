"""Numbers that tell by their checksum what they are: national identity, organisation, account."""

from __future__ import annotations

from datetime import date

_K1 = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_K2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_EARLIEST, _LATEST = 1854, 2057
"""The years of birth that individual numbers tell apart; see Skatteetaten, *Fødselsnummer*."""


def is_national_identity(digits: str) -> bool:
    """Return whether eleven digits are a fødselsnummer, D-number or synthetic number.

    Parameters
    ----------
    digits : str
        Digits alone.

    Returns
    -------
    bool
        Day and month are possible ones (of a D-number the first digit is 4 too high; of synthetic numbers
        the month is 40, 65 or 80 too high), and both check digits fit. python-stdnum knows the rule until
        2031; from 2032 the first check digit may also leave a remainder of 1, 2 or 3.

    Examples
    --------
    >>> is_national_identity("02013299997"), is_national_identity("02013299998")
    (True, False)
    """
    if len(digits) != 11 or not digits.isdecimal() or not has_birth_date(digits):
        return False
    number = [int(digit) for digit in digits]
    first = (sum(w * d for w, d in zip(_K1, number, strict=False)) + number[9]) % 11
    second = (sum(w * d for w, d in zip(_K2, number, strict=False)) + number[10]) % 11
    return first in (0, 1, 2, 3) and second == 0


def has_birth_date(digits: str) -> bool:
    """Return whether a number begins with a day, month and year, as a national identity number does."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    day -= 40 if day > 40 else 0
    month -= next((more for more in (80, 65, 40) if more < month <= more + 12), 0)
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def is_organisation(digits: str) -> bool:
    """Return whether nine digits are an organisation number.

    Examples
    --------
    >>> is_organisation("974760673"), is_organisation("974760674")
    (True, False)
    """
    from stdnum.no import orgnr

    return len(digits) == 9 and digits.isdecimal() and bool(orgnr.is_valid(digits))


def is_account(digits: str) -> bool:
    """Return whether eleven digits are the number of a bank account.

    Examples
    --------
    >>> is_account("86011117947"), is_account("86011117948")
    (True, False)
    """
    from stdnum.no import kontonr

    return len(digits) == 11 and digits.isdecimal() and bool(kontonr.is_valid(digits))
