"""The fund as its sources state it: ceiling, axes, earmarks, calls, flat grants. Amounts in cents."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.core.db import Model


class Fund(Model):
    """The envelope and its ceiling."""

    __tablename__ = "fund"
    __table_args__ = (CheckConstraint("ceiling_cents > 0", name="ceiling_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    ceiling_cents: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(40), default="")

    axes: Mapped[list[FundAxis]] = relationship(order_by="FundAxis.position", back_populates="fund")


class FundAxis(Model):
    """An axis of the fund with the amount announced for it."""

    __tablename__ = "fund_axis"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    key: Mapped[str] = mapped_column(String(40), unique=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    led_by: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(40), default="")
    interpretation: Mapped[bool] = mapped_column(default=False)

    fund: Mapped[Fund] = relationship(back_populates="axes")
