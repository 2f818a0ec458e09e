import pytest

from query import QueryError, search

DOCUMENTS = {
    "tea.txt": "green tea and black tea",
    "coffee.txt": "black coffee",
    "water.txt": "plain water",
}


def test_and_binds_tighter():
    assert search("water OR black AND tea", DOCUMENTS) == ["tea.txt", "water.txt"]


def test_malformed_query():
    with pytest.raises(QueryError):
        search("tea AND )", DOCUMENTS)
