"""Numbers said in words, written in digits: names of dates, kilometres, house numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# By value from 1. Not "dos": in Portuguese names it is the article; see `_counts_two`.
_TO_TWENTY_NINE = (
    "uno primero primera um primeiro primeira|segundo segunda dois duas|"
    "tres tercero tercera tercer terceiro terceira|cuatro cuarto cuarta quatro|"
    "cinco quinto quinta|seis sexto sexta|siete septimo septima sete|ocho octavo octava oito|"
    "nueve noveno novena nove|diez decimo decima dez|once onze|doce doze|trece treze|"
    "catorce quatorze|quince quinze|dieciseis dezesseis|diecisiete dezessete|dieciocho dezoito|"
    "diecinueve dezenove|veinte vinte|veintiuno veintiun|veintidos|veintitres|veinticuatro|"
    "veinticinco|veintiseis|veintisiete|veintiocho|veintinueve"
)
_TENS = "veinte vinte|treinta trinta|cuarenta quarenta|cincuenta cinquenta|sesenta sessenta|"
_TENS += "setenta|ochenta oitenta|noventa"
_HUNDREDS = "cien ciento cem cento|doscientos duzentos|trescientos trezentos|cuatrocientos|"
_HUNDREDS += "quinientos quinhentos|seiscientos seiscentos|setecientos|ochocientos|novecientos"


def _values(said: str, step: int, start: int = 1) -> dict[str, int]:
    return {
        word: step * number
        for number, words in enumerate(said.split("|"), start=start)
        for word in words.split()
    }


_SMALL = _values(_TO_TWENTY_NINE, 1)
_TEN = _values(_TENS, 10, 2)
_HUNDRED = _values(_HUNDREDS, 100)
NUMBER_WORDS = _SMALL | _TEN | _HUNDRED | {"mil": 1_000}
_UNITS = {word: value for word, value in _SMALL.items() if value < 10} | {"dos": 2, "un": 1}
_MONTHS = _values(
    "enero janeiro|febrero fevereiro|marzo marco|abril|mayo maio|junio junho|julio julho|agosto|"
    "septiembre setiembre setembro|octubre outubro|noviembre novembro|diciembre dezembro",
    1,
)
_BEFORE_TWO = frozenset(["calle", "ruta", "avenida", "km", "kilometro", "numero", "casa"])
# Routes were numbered so; not x, which joins two streets.
_ROMAN = _values("i|ii|iii|iv|v|vi|vii|viii|ix", 1) | {"xi": 11, "xii": 12}
_JOINS = frozenset(["y", "e"])


def in_digits(words: Sequence[str]) -> list[str]:
    """The words with every number said in words written in digits; others are left alone.

    "mil ochocientos once" is 1811, "treinta y uno" 31; separate numbers stay separate.
    """
    written: list[str] = []
    position = 0
    while position < len(words):
        value, used = _number_at(words, position)
        written.append(words[position] if used == 0 else str(value))
        position += max(used, 1)
    return written


def _number_at(words: Sequence[str], start: int) -> tuple[int, int]:
    """The number said from `start` and how many words say it; none is (0, 0)."""
    if start and words[start - 1] == "ruta" and words[start] in _ROMAN:
        return _ROMAN[words[start]], 1
    if words[start] == "dos":
        thousands, used = 2, 1
    else:
        thousands, used = _below_thousand(words, start)
    if _at(words, start + used) == "mil":
        rest, more = _below_thousand(words, start + used + 1)
        return max(thousands, 1) * 1_000 + rest, used + 1 + more
    if words[start] == "dos" and not _counts_two(words, start):
        return 0, 0
    return thousands, used


def _below_thousand(words: Sequence[str], start: int) -> tuple[int, int]:
    hundreds = _HUNDRED.get(_at(words, start), 0)
    used = 1 if hundreds else 0
    if used and _at(words, start + 1) in _JOINS and _tens_at(words, start + 2)[1]:
        used = 2
    tens, more = _tens_at(words, start + used, alone=not hundreds)
    return (hundreds + tens, used + more) if hundreds or more else (0, 0)


def _tens_at(words: Sequence[str], start: int, *, alone: bool = True) -> tuple[int, int]:
    word = _at(words, start)
    tens = _TEN.get(word, 0)
    unit = _UNITS.get(_at(words, start + 2), 0)
    if tens and _at(words, start + 1) in _JOINS and unit:
        return tens + unit, 3
    if tens:
        return tens, 1
    value = _SMALL.get(word, 0) if alone else (_SMALL | _UNITS).get(word, 0)
    return value, 1 if value else 0


def _counts_two(words: Sequence[str], position: int) -> bool:
    """ "Dos" counts in "calle dos" and "dos de mayo"; elsewhere it may be an article."""
    before = words[position - 1] if position else ""
    date = _at(words, position + 1) == "de" and _at(words, position + 2) in _MONTHS
    return before in _BEFORE_TWO or date


def _at(words: Sequence[str], position: int) -> str:
    return words[position] if position < len(words) else ""
