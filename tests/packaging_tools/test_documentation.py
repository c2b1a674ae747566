import re
import tomllib
from pathlib import Path

import pytest

from gradlab.experiment.files import loads
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def documented():
    [block] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    return block


def test_the_readme_shows_every_key_with_its_default():
    shown = tomllib.loads(documented())
    assert loads(documented()) == Experiment()
    top = {key for key, value in shown.items() if not isinstance(value, dict)} - {"format"}
    keys = {
        f"{section}.{key}" for section, table in shown.items() if isinstance(table, dict) for key in table
    }
    assert keys | top == set(by_key(Experiment))


@pytest.mark.parametrize("key", [key for key, setting in by_key(Experiment).items() if setting.choices])
def test_the_readme_names_every_choice(key):
    section, name = key.split(".")
    table = documented().partition(f"[{section}]")[2].partition("\n[")[0]
    # Up to the next key: the comment may go on below.
    about = re.search(rf"^{name} = .*(\n +#.*)*", table, re.MULTILINE)[0]
    for choice in by_key(Experiment)[key].choices:
        named = re.search(rf"\b{re.escape(choice.value)}\b", about) or f'"{choice.value}"' in about
        assert named, choice.value


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_to_pages_that_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"(?<!!)\[[^]]+\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_changelog_tells_of_the_present_version():
    from gradlab import __version__

    assert __version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
