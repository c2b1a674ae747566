from gradlab.window.shell.panels_ahead import PanelsAhead


def made_by(made):
    for name in ("loss", "gradients", "code"):
        made.append(name)
        yield name


def test_panels_are_made_one_by_one_and_only_when_somebody_asks():
    made = []
    ahead = PanelsAhead(lambda: made_by(made))
    assert made == []
    ahead.make_one()
    assert made == ["loss"]
    assert not ahead.are_made
    ahead.make_one()
    assert ahead.all() == ["loss", "gradients", "code"] == made
    assert ahead.are_made


def test_making_goes_on_after_the_last_one_without_harm():
    ahead = PanelsAhead(lambda: made_by([]))
    for _ in range(6):
        ahead.make_one()
    assert ahead.all() == ["loss", "gradients", "code"]


def test_what_is_made_at_once_is_passed_on_too():
    assert PanelsAhead(lambda: ["loss"]).all() == ["loss"]
