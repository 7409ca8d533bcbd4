"""Numbers that tell by their checksum what they are: national identity, organisation, account."""

from __future__ import annotations

from datetime import date

_K1 = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_K2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_ORGANISATION = (3, 2, 7, 6, 5, 4, 3, 2)


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
        the month is 40, 65 or 80 too high), and both check digits fit; from 2032 on the first may also leave
        a remainder of 1, 2 or 3 (Skatteetaten, *Fødselsnummer fra 2032*).

    Examples
    --------
    >>> is_national_identity("02013299997"), is_national_identity("02013299998")
    (True, False)
    """
    if len(digits) != 11 or not digits.isdecimal() or not has_birth_date(digits):
        return False
    return _remainder(digits[:10], _K1) <= 3 and _remainder(digits, _K2) == 0


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
    return len(digits) == 9 and digits.isdecimal() and _remainder(digits, _ORGANISATION) == 0


def is_account(digits: str) -> bool:
    """Return whether eleven digits are the number of a bank account.

    Examples
    --------
    >>> is_account("86011117947"), is_account("86011117948")
    (True, False)
    """
    return len(digits) == 11 and digits.isdecimal() and _remainder(digits, _K2) == 0


def _remainder(digits: str, weights: tuple[int, ...]) -> int:
    """Return the weighted sum of digits, the last with weight 1, modulo 11: 0 where that one fits."""
    return sum(w * int(d) for w, d in zip((*weights, 1), digits, strict=True)) % 11
