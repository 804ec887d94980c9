"""Facts of the programme as its sources state them."""

from __future__ import annotations

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tnt.core.db import Model


class ProgrammeFact(Model):
    """One sourced statement: a label, its words or its amount, where it comes from."""

    __tablename__ = "programme_fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)  # « programme.announced_on »
    section: Mapped[str] = mapped_column(String(40), index=True)  # « programme », « fund », « needs »…
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text, default="")
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    approximate: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(40), default="")
    interpretation: Mapped[bool] = mapped_column(default=False)
