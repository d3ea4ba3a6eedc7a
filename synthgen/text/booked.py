"""Slots that remember: each reads and writes the document's ledger, so that figures agree with one another.

======================  ==============================================================================================
slot                    what it prints
======================  ==============================================================================================
``goods_NAME``          an article of ``goods/NAME.tsv``; its price is what follows
``unit_price qty        price, count (``qty_bulk``: of a trade) and their product, which is booked
amount``
``articles pieces``     how many rows were booked, and the sum of their counts
``subtotal taxable      sums of what was booked, with and without tax; ``discount`` lowers ``total``
exempt tax total``
``supply supply_tax     the same for prices to which tax is added, as on invoices; in Hangul with ``_hangul``
supply_total``
``cash change``         what was handed over and given back for ``total``
``doc_*``               the document's own day in several forms; ``later_*``, ``past_*`` before and after it
``day_of_month``        rows' days, rising, all of the document's own month
``birth_* age_full      a birthday, the age that follows from it, and the number with it that residents have
resident``
``row_no``              1, 2, 3, ...
``clock clock_next      a time of business; a later one each time; when what left then arrives, and after how long
clock_arrive trip``
``table_no``            a table's number, or the mark before its title
``year_next``           a year, then the following ones
``cell_first            figures of a row that follow one another, their change in %, and the sums of their columns
cell_next growth
sum_first sum_next``
``whole part_a part_b   a sum, its two parts and the second's share, booked as a row's first three figures
part_share``
``half_a deal_share``   a part of a share of one whole, with ``part_b`` and ``part_all``; shares of 100.0 in all rows
``here_*``              address, telephone, town, its hall, and branch of the document's one region
``road_* express_*      a road's name, the place behind, places ahead, farther each time, and how far the last one is
rail_*``
``run_class run_fare``  a later coach's class, which follows from when it leaves, and what that class costs
``rank_*``              a league's games, wins, losses, rate, points and goals, none better than the row above
======================  ==============================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthgen.text.days import day_fields, time_fields
from synthgen.text.fields import Places, english_day, english_short_day, korean_day, korean_short_day
from synthgen.text.figures import figure_fields
from synthgen.text.ledger import BookedField
from synthgen.text.money import DOLLARS, WON, Goods, fare_fields, money_fields
from synthgen.text.regions import region_fields
from synthgen.text.routes import route_fields


def booked_fields(
    language: str, goods: Mapping[str, Sequence[Goods]], places: Places | None = None
) -> dict[str, BookedField]:
    """Return the slots of a language (``ko`` or ``en``) that read and write a document's ledger, by name.

    ``places`` are those of the slots of a region; without them there are no such slots.
    """
    if language == "ko":
        own = money_fields(WON, goods) | time_fields("시간 ", "분") | fare_fields()
        days = day_fields(korean_day, korean_short_day, "%Y/%m/%d")
    else:
        own = money_fields(DOLLARS, goods) | time_fields(" h ", " min")
        days = day_fields(english_day, english_short_day, "%m/%d/%Y")
    here = region_fields(places) | route_fields(places.routes) if places else {}
    return own | days | here | figure_fields()
