"""The rules of accounts as tables."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from tnt.accounts import rules
from tnt.accounts.rules import AccountState

OWN = ("Claire", "Aubert", "claire.aubert@ville-nantes.example")


@pytest.mark.parametrize(
    "password",
    [
        "cheval agrafe batterie correct",
        "vert lampe soixante rivage",
        "Jf7kPq92mZx!Lw",
        "les sanglots longs des violons",
        "  éàü çœæ ñöß ÿêî  ",
        "пароль очень длинный",
        "agrafe violon rivage tambour " * 4 + "sept girafes",
    ],
)
def test_a_long_unlikely_password_is_accepted(password: str) -> None:
    rules.check_password(password, OWN)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("", rules.PasswordTooShort),
        ("Jf7kPq92mZx!L", rules.PasswordTooShort),  # thirteen
        ("ab cd ef gh ij kl " * 7 + "abc", rules.PasswordTooLong),  # one hundred and twenty-nine
        ("motdepasse123456", rules.PasswordTooCommon),
        ("P@ssw0rd12345678", rules.PasswordTooCommon),
        ("Azertyuiop123456!", rules.PasswordTooCommon),
        ("poiuytrezamlkjhgfdsq", rules.PasswordTooCommon),
        ("aaaaaaaaaaaaaaaa", rules.PasswordTooCommon),
        ("abcabcabcabcabcabc", rules.PasswordTooCommon),
        ("83920174659382", rules.PasswordTooCommon),
        ("14071789liberte!!", rules.PasswordTooCommon),
        ("claireaubert2026!!", rules.PasswordTooCommon),
        ("Ville-Nantes-2026!", rules.PasswordTooCommon),
        ("TransformationNumerique2026", rules.PasswordTooCommon),
        ("Département2026!!", rules.PasswordTooCommon),
        ("              ", rules.PasswordTooCommon),
    ],
)
def test_a_short_or_likely_password_is_refused(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.check_password(password, OWN)


@given(st.text(max_size=200))
def test_any_text_is_judged_without_failing(password: str) -> None:
    assert isinstance(rules.is_guessable(password, [password, *OWN]), bool)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Claire.AUBERT@Ville.fr ", "claire.aubert@ville.fr"),
        ("", None),
        ("  ", None),
        (None, None),
        ("e\u0301@x.fr", "é@x.fr"),
    ],
)
def test_an_address_has_one_form(typed: str | None, stored: str | None) -> None:
    assert rules.clean_email(typed) == stored


@pytest.mark.parametrize(
    ("text", "answer"), [("été", True), ("", True), ("a\x00b", False), ("a\ud800", False), ("😀", True)]
)
def test_what_a_database_can_hold(text: str, answer: bool) -> None:
    assert rules.is_storable(text) is answer


@pytest.mark.parametrize("before", list(AccountState))
@pytest.mark.parametrize("after", list(AccountState))
def test_the_table_of_states(before: AccountState, after: AccountState) -> None:
    allowed = {
        ("invited", "active"),
        ("invited", "suspended"),
        ("active", "suspended"),
        ("suspended", "active"),
        ("suspended", "invited"),
    }
    if (before.value, after.value) in allowed:
        rules.check_transition(before, after)
        return
    with pytest.raises(rules.WrongState):
        rules.check_transition(before, after)


@pytest.mark.parametrize(
    ("minutes", "used", "answer"),
    [(-1, False, True), (0, False, False), (1, False, False), (-1, True, False)],
)
def test_a_link_serves_once_until_it_expires(minutes: int, used: bool, answer: bool) -> None:
    now = NOW + timedelta(minutes=minutes)
    assert rules.is_valid_link(now=now, expires_at=NOW, used_at=NOW if used else None) is answer


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140",
            ("Edge", "Windows"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604",
            ("Safari", "iPhone"),
        ),
        ("curl/8", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_device_is_told_in_two_words(agent: str, told: tuple[str, str]) -> None:
    assert rules.describe_agent(agent) == told
