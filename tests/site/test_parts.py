"""The parts of the site that are made from the package and from the files of the repository: tools/site/."""
import ast
import importlib
import re
from inspect import isclass, isfunction, ismodule, isroutine
from itertools import pairwise
from pathlib import Path

import pytest

import autograd_tiny as at
from autograd_tiny import nn, optim

ROOT = Path(__file__).parents[2]


@pytest.fixture
def part(monkeypatch):
    """Imports a module of tools/site by its name."""
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "site"))
    return importlib.import_module


# ---- the reference from docstrings

def named(name):
    """The object that has a public name."""
    *modules, last = name.split(".")
    return getattr(importlib.import_module(".".join(["autograd_tiny", *modules])), last)


def test_every_public_name_has_its_place_in_the_reference(part):
    modules = {"linalg", "nn", "nn.init", "nn.losses", "optim", "vectors"}
    public = {*at.__all__, "abs", "max", "min", "round", "sum"}
    for module in ("nn", "optim", "course", "dask", "sklearn", "textbook"):
        try:
            loaded = importlib.import_module(f"autograd_tiny.{module}")
        except ImportError:                                         # of a library that is not installed
            continue
        public |= {f"{module}.{name}" for name in loaded.__all__}
    public |= {f"nn.losses.{loss.__name__}" for loss in nn.losses.LOSSES.values() if isfunction(loss)}
    documented = {name for section in part("reference").sections() for name in section.names}
    assert public - modules - documented == set()
    assert len(documented) > 200


def test_every_name_in_the_reference_is_there_and_says_what_it_is(part):
    names = [name for section in part("reference").sections() for name in section.names]
    assert len(names) == len({*names})
    for name in names:
        if not name.startswith(("dask.", "sklearn.")):              # these need libraries
            assert text_of(name), name


def text_of(name):
    """What the reference says of a public name; of a constant it is the string below the assignment."""
    found = named(name)
    if isclass(found) or ismodule(found) or isroutine(found):
        return vars(found).get("__doc__") if isclass(found) else found.__doc__      # no text of a base class
    folder, _, last = f"autograd_tiny.{name}".replace(".", "/").rpartition("/")
    for path in ROOT.glob(f"{folder}/**/*.py"):
        for first, then in pairwise(ast.parse(path.read_text(encoding="utf-8")).body):
            match first, then:
                case ast.Assign(targets=[ast.Name(id=target)]) | ast.AnnAssign(target=ast.Name(id=target)), ast.Expr(
                    value=ast.Constant(value=str() as text)
                ) if target == last:
                    return text
    return ""


def test_a_constant_has_its_text_below_the_assignment(monkeypatch):
    assert text_of("nn.ACTIVATIONS").startswith("The activation functions by name")
    monkeypatch.setattr(nn, "NAMES", {"a": 1}, raising=False)
    assert text_of("nn.NAMES") == ""                                # and not what `dict` says of itself


def test_members_of_modules_are_those_that_the_documentation_names(part):
    text = "".join(page.read_text(encoding="utf-8") for page in ROOT.glob("docs/**/*.md"))
    members = part("reference").MEMBERS
    for module in ("vectors", "optim"):
        written = {*re.findall(rf"`{module}\.(\w+)\(", text)} - {"py"}
        public = {*members[module].split()} if module in members else {*optim.__all__}
        assert written <= public


def test_a_second_name_of_a_function_leads_to_the_first(part):
    reference, live = part("reference"), part("live")
    section = next(section for section in reference.sections() if section.title == "Functions")
    page = reference.page(section, live.second_names())
    assert "## `arctan2` { #autograd_tiny.arctan2 }\n\nThe same function as [`atan2`][autograd_tiny.atan2]" in page
    assert "::: autograd_tiny.atan2\n" in page
    assert at.arctan2(1.0, 2.0) == at.atan2(1.0, 2.0) and at.remainder(7.0, 4.0) == at.mod(7.0, 4.0)


# ---- links

@pytest.mark.parametrize(
    ("link", "origin", "file", "place"),
    [
        ("../notebooks/10-names.ipynb", "docs/tutorials.md", "notebooks/10-names.ipynb", "course/10-names.ipynb"),
        ("../../CHANGELOG.md", "docs/reference/public-names.md", "CHANGELOG.md", "changelog.md"),
        ("../index.md", "docs/how-to/draw-a-graph.md", "docs/index.md", "documentation.md"),
        ("value.md", "docs/reference/functions.md", "docs/reference/value.md", "reference/value.md"),
        ("docs/teaching.md", "CHANGELOG.md", "docs/teaching.md", "teaching.md"),
        ("../../autograd_tiny/textbook.py", "docs/explanation/textbook.md", "autograd_tiny/textbook.py",
         "source/autograd_tiny/textbook.py.md"),
        ("../../autograd_tiny", "docs/explanation/textbook.md", "autograd_tiny", ""),
    ],
)
def test_a_link_between_files_leads_to_the_page_of_the_file(part, link, origin, file, place):
    repository = part("repository")
    assert repository.target_of(f"{link}#there", origin) == (file, "there")
    assert repository.place(file) == place


def test_links_in_code_and_to_other_hosts_stay_as_they_are(part):
    text = "[a](b.md) `[a](b.md)` [c](https://example.org/d.md)\n```python\nf[0](b.md)\n```\n"
    changed = part("repository").with_links(text, "docs/index.md", lambda link, target, anchor: target.upper())
    assert changed == text.replace("[a](b.md) `", "[a](DOCS/B.MD) `")


def test_the_first_paragraph_says_what_a_page_is_about(part):
    text = "# A title\n\nThis page shows [how](x.md) to use `fit`, in\ntwo lines.\n\nMore.\n"
    assert part("repository").summary(text) == "This page shows how to use fit, in two lines."


def test_a_source_is_shown_as_it_is_though_it_holds_fences(part):
    page = part("repository").source_page("README.md", "https://example.org")
    assert "\n````text linenums" in page and page.endswith("\n````\n")


# ---- charts

TABLE = """\
| what | autograd_tiny | peer | times as fast |
| --- | ---: | ---: | ---: |
| a chain & more | 43.5 ns | PyTorch 8,373 ns | 1,000 |
| … | 43.5 ns | XAD, a tape 21.7 ns | 0.1 |
| memory | 113 bytes | micrograd 758 bytes |  |
"""


def test_a_table_of_comparisons_gets_a_chart_whose_bars_are_logarithmic(part):
    charts = part("charts")
    page = charts.with_charts(f"Text.\n\n{TABLE}\nMore.")
    assert page.endswith(f"\n\n{TABLE}\nMore.")
    faster, slower = (
        [float(number) for number in re.search(rf'{kind}" x="([\d.]+)%" width="([\d.]+)%"', page).groups()]
        for kind in ("faster", "slower")
    )
    assert faster[1] == pytest.approx(3 * slower[1], rel=0.01)     # 1000 and 0.1: three powers of ten, and one
    assert slower[0] + slower[1] == pytest.approx(faster[0], abs=0.02)
    assert "43.5 ns, against XAD, a tape 21.7 ns: 0.1 times as fast" in page
    assert "a chain &amp; more" in page and "memory" not in page.split("| what")[0]


def test_rows_of_one_name_that_do_not_follow_each_other_are_not_put_together(part):
    rows = [f"| {what} | 1 ms | micrograd 2 ms | 2 |" for what in ("one", "the same", "another", "the same")]
    head = TABLE.splitlines()[:2]
    assert part("charts").with_charts("\n".join([*head, *rows, ""])).count('class="what"') == 4


def test_the_readme_has_the_table_of_the_first_page(part):
    assert part("charts").summary().count("<rect ") > 5


def test_a_long_axis_has_a_line_for_each_power_of_ten_and_a_label_for_every_second_one(part):
    charts = part("charts")
    scale = charts.Scale([0.5, 70_000.0])
    assert scale.ticks == [1, 10, 100, 1000, 10_000, 100_000]
    assert scale.labels == [1, 100, 10_000]
    short = charts.Scale([0.5, 300.0])
    assert short.labels == short.ticks == [1, 10, 100, 1000]


# ---- the search

def test_an_entry_of_the_search_has_the_whole_name_and_a_boost(part):
    def entry(location, title, text=""):
        return {"location": location, "title": title, "text": text}

    api = "reference/api/values-and-graphs/"
    found = part("search").improved([
        entry("course/01/", "1. The first gradient", "code"),
        entry("course/01/#1", "1. The first gradient", "Some numbers"),
        entry("reference/measurements/", "Measured speed"),
        entry("reference/measurements/#chain", "in nanoseconds"),
        entry("how-to/train/", "Train"),
        entry(api, "Values"),
        entry(f"{api}#autograd_tiny.Value.grad", "grad <code>property</code>"),
        entry(f"{api}#autograd_tiny.grad", "grad"),
        entry(f"{api}#autograd_tiny.textbook.MLP", "MLP"),
        entry(f"{api}#autograd_tiny.nn.MLP", "MLP"),
        entry(f"{api}#autograd_tiny.find_nonfinite", "find_nonfinite"),
    ])
    assert [(each["title"], each["boost"]) for each in found] == [
        ("1. The first gradient", 0.7), ("Measured speed", 1.0), ("Train", 2.0),
        ("Values", 1.0), ("Value.grad", 2.5), ("grad", 5.0), ("textbook.MLP", 1.5), ("nn.MLP", 5.0),
        ("find_nonfinite (nan, infinity)", 5.0),
    ]
    assert found[0]["text"] == "Some numbers code"


def test_names_and_addresses_that_the_search_prefers_are_there(part):
    search = part("search")
    assert {*search.SOUGHT} <= {*at.__all__}
    assert all((ROOT / "docs" / beginning).is_dir() or (ROOT / "docs" / f"{beginning[:-1]}.md").is_file()
               or f"{beginning[:-1]}.md" in part("repository").MOVED.values() or beginning == "course/"
               for beginning in [*search.BOOSTS, search.LEFT_OUT])


# ---- what pages have only on the site

def test_a_number_stays_with_its_unit_but_not_in_code(part):
    changed = part("refined").with_units("56.7 µs, 7 tapes, 2 MiB and `3 ms`")
    assert changed == "56.7\N{NO-BREAK SPACE}µs, 7 tapes, 2\N{NO-BREAK SPACE}MiB and `3 ms`"


def test_each_term_of_the_glossary_can_be_linked_to(part):
    text = "# Terms\n\n**Block, chunk.** One\nof two.\n\n**vjp.** A **vector**.\n"
    page = part("refined").with_anchors(text)
    link = '<a class="headerlink" href="#{}" title="Permanent link">¶</a>'
    assert f"**Block, chunk.**{{ #block-chunk }} One\nof two.{link.format('block-chunk')}\n\n" in page
    assert f"**vjp.**{{ #vjp }} A **vector**.{link.format('vjp')}\n" in page


def test_the_page_that_runs_the_package_is_in_the_navigation_if_it_is_built(part):
    navigation = part("navigation").navigation
    assert {"Try it": "https://example.org/try/"} in navigation("https://example.org/try/")
    assert not any("Try it" in entry for entry in navigation())
