"""Between sessions: a committee consulted in writing, and the interim measures of its co-chairs.

A « consultation écrite » (`WrittenConsultation`) asks one question of everybody who sits there, with papers
and a deadline; what it decides takes force at the visa of the co-chairs, as in a session. A « mesure
conservatoire » (`InterimMeasure`) is a provisional act, which the next session ratifies or refuses. Both have
numbers of their own. Start with `rules.py`.
"""
