"""The pages of the reference that are made from docstrings, one for each section of docs/reference/public-names.md.

It needs no more than Python: a test compares the names with those that the package has.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PUBLIC_NAMES = Path(__file__).parents[2] / "docs/reference/public-names.md"
FOLDER = "reference/api"
TEXT = "What is public"                                 # begins the title of the only section without names
NAME = re.compile(r"`(?:autograd_tiny\.)?([A-Za-z_][\w.]*)`")
MEMBERS = {                                             # what is public in a module that is a public name itself
    "linalg": "solve inv det slogdet norm",
    "vectors": "read read_gradients write add_gradients set_gradients zero_gradients read_trainable",
    "textbook": "Value Module Neuron Layer MLP",
    "course": "check_engine exercises Exercises handout",
    "dask": "value_and_grad value map_rows PartitionError",
    "sklearn": "MLPClassifier MLPRegressor",
    "nn.init": "uniform normal constant xavier_uniform xavier_normal he_uniform he_normal",
    "nn.losses":
        "squared_error half_squared_error mean_squared_error absolute_error mean_absolute_error huber "
        "mean_absolute_percentage_error binary_cross_entropy cross_entropy hinge multiclass_hinge",
}
MODULES = {"nn", "optim", *MEMBERS}


@dataclass(frozen=True)
class Section:
    """A page of the reference."""

    title: str
    names: tuple[str, ...]                              # below autograd_tiny: "fit", "nn.MLP"

    @property
    def file(self) -> str:
        """Its place in the site."""
        return f"{FOLDER}/{self.title.lower().replace(' ', '-')}.md"


def sections() -> list[Section]:
    """All pages, in the order of the list of public names."""
    _, *parts = re.split(r"^## (?=\S)", PUBLIC_NAMES.read_text(encoding="utf-8"), flags=re.M)
    found = []
    for part in parts:
        title, _, text = part.partition("\n")
        if not title.startswith(TEXT):
            found.append(Section(title, tuple(dict.fromkeys(_names(text)))))
    return found


def _names(text: str) -> list[str]:
    """The public names of a section: of its list, or in the first column of its table."""
    lines = text.splitlines()
    first_cells = [line.split(" | ")[0] for line in lines if line.startswith("| `")]
    listed = "\n".join(first_cells) or re.sub(r"\[[^\]]*\]\([^)]*\)", "", text)
    names = []
    for name in NAME.findall(listed):
        names += [f"{name}.{member}" for member in MEMBERS.get(name, "").split()] if name in MODULES else [name]
    return names


def page(section: Section, others: dict[str, str]) -> str:
    """A page in Markdown.

    others: the public names that are a second name of a function, and the first ones; they have no docstring.
    """
    names = [f"`{name}`" for name in section.names]
    what = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
    lines = [
        f"# {section.title}: names and arguments", "",
        f"This page has the signature and the description of {what}, from the docstrings.", "",
    ]
    for name in section.names:
        if name in others:
            first = others[name]
            lines += [
                f"## `{name}` {{ #autograd_tiny.{name} }}", "",
                f"The same function as [`{first}`][autograd_tiny.{first}], under another name.", "",
            ]
        else:
            lines += [
                f"::: autograd_tiny.{name}", "    options:",
                f'      heading: "{name}"', f'      toc_label: "{name}"', "",
            ]
    return "\n".join(lines)
