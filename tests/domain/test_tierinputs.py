"""What is known of a customer's business, told by several."""

from bot.domain.tierinputs import TierInputs


def test_the_same_figures_again_change_nothing() -> None:
    """Not even who told them."""
    first = TierInputs(buyers=80, by="a", source="typed")
    assert first.merged(TierInputs(buyers=80, by="b", source="imported")) is first
    both = first.merged(TierInputs(potential=20, by="b", source="imported"))
    assert (both.buyers, both.potential, both.by) == (80, 20, "b")
