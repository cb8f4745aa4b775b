"""Nine rights, two of them immediate."""

from law.rights import IMMEDIATE, Right


def test_every_right_has_its_article() -> None:
    articles = [right.article for right in Right]
    assert len(set(articles)) == len(articles) == 9
    assert Right.access.article == "Art. 15 GDPR"
    assert Right("withdraw_consent").article == "Art. 7(3) GDPR"


def test_marketing_objection_and_consent_are_immediate() -> None:
    assert {Right.marketing_objection, Right.withdraw_consent} == IMMEDIATE
