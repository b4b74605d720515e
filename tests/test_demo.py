"""The demo runs, learns, and leaves its pictures."""
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from references.programs.without_libraries import ABSENT

import autograd_tiny as at
from autograd_tiny import demo, fit
from autograd_tiny.boundary.libraries import install
from autograd_tiny.show import layout


def test_the_demo(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(demo, "OUT", tmp_path / "out")
    monkeypatch.setattr(demo, "EPOCHS", 50)
    demo.main()
    said = capsys.readouterr().out
    assert "∂f/∂x = 7" in said and "<History of 50 epochs" in said
    for name in ("expression.svg", "expression.png", "expression.html", "iris.png", "layers.svg",
                 "network.svg", "diagnosis.html"):
        assert (tmp_path / "out" / name).stat().st_size > 1000
    assert float(re.search(r"loss (\S+),", said)[1]) < 0.3
    share = float(said.split("accuracy on the test flowers")[1].split(",")[0])
    assert share > 0.9


def test_the_test_flowers_have_no_part_in_what_the_network_learns_from(monkeypatch, tmp_path):
    """Standardising before the split would show them to it, through mean and deviation."""
    seen = []
    monkeypatch.setattr(demo, "OUT", tmp_path)
    monkeypatch.setattr(demo, "EPOCHS", 1)
    monkeypatch.setattr(at, "fit", lambda model, x, *rest, **given: seen.append(x) or fit(model, x, *rest, **given))
    demo.train_on_iris()
    np.testing.assert_allclose([seen[0].mean(axis=0), seen[0].std(axis=0)], [[0.0, 0.0], [1.0, 1.0]], atol=1e-12)


def test_without_the_libraries_one_sentence_says_what_to_install(tmp_path):
    program = "import runpy; runpy.run_module('autograd_tiny.demo', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", ABSENT + program], capture_output=True, text=True, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 1
    assert done.stderr == f"the demo needs the libraries matplotlib and scikit-learn: {install('demo')}\n"
    assert not [*tmp_path.iterdir()]


def test_without_a_program_that_lays_out_pictures_one_sentence_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "OUT", tmp_path)
    monkeypatch.setattr(layout, "layout_programs", list)
    with pytest.raises(SystemExit, match=r"^the demo ends here: no program to lay out .*: `pip install graph"):
        demo.main()
