"""Pages of papers: of a session (`board`), of an item, of one paper, and one's own (`mine`)."""

from tnt.papers.views import board, mine, of_item, of_paper
from tnt.papers.views.blueprint import papers

__all__ = ["board", "mine", "of_item", "of_paper", "papers"]
