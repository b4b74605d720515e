"""The demo runs, learns, and leaves its pictures."""
import re

from autograd_tiny import demo


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
