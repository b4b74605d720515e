"""The table of every node."""
from references.show.folded import network
from references.show.pictures import example_a, example_a_after_backward, random_graph

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show.draw import draw
from autograd_tiny.show.graph import table as text_table


def test_the_table_of_worked_example_a():
    assert str(draw(example_a_after_backward()).table) == """\
name  formula  value  local derivatives     gradient  scope
a                 −1                               7
b                  3                               9
x     a + b        2  ∂x/∂a = 1, ∂x/∂b = 1         7
c                  4                               2
y     b + c        7  ∂y/∂b = 1, ∂y/∂c = 1         2
f     x·y         14  ∂f/∂x = 7, ∂f/∂y = 2         1"""


def test_the_rows_of_a_table_hold_the_numbers():
    loss, model = network()
    table = draw(loss, depth=1).table
    assert len(table) == len(table.rows) == len(at.topological_order(loss))
    for row, value in zip(table.rows, at.topological_order(loss), strict=True):
        assert (row.value, row.gradient) == (value.data, value.grad)
        if value.scope:
            assert row.scope == value.scope
        assert [number for _, number in row.local_gradients] == [
            number for x, number in zip(value.operands, value.local_grads, strict=True) if isinstance(x, Value)
        ]
    assert {row.name for row in table.rows} >= {p.label for p in model.parameters()}
    assert repr(table) == f"<Table: {len(table)} nodes>"


def test_the_table_names_the_module_of_a_parameter():
    loss, _ = network()
    scopes = {row.name: row.scope for row in draw(loss).table.rows}
    assert scopes["layer2.neuron3.w[1]"] == "mlp.layer2.neuron3"
    assert scopes["x0,0"] == scopes["loss"] == ""


def test_the_table_tells_the_uses_of_a_value_in_one_operation_apart():
    a = Value(3.0, "a")
    f = a * a
    f.backward()
    assert "∂₁v1/∂a = 3, ∂₂v1/∂a = 3" in str(draw(f).table)


def test_a_table_without_backward_has_no_gradients():
    f, _ = example_a()
    table = draw(f).table
    assert {row.gradient for row in table.rows} == {None}
    assert str(table).splitlines()[1].endswith("—")


def test_a_table_prints_every_node_and_a_page_says_how_many_it_leaves_out(monkeypatch):
    f = random_graph(400)
    table = draw(f).table
    size = len(at.topological_order(f))
    assert len(table.rows) == len(str(table).splitlines()) - 1 == size
    assert table._repr_html_().count("<tr>") == size + 1 and "<p>" not in table._repr_html_()
    assert "overflow: auto" in table._repr_html_()
    monkeypatch.setattr(text_table, "MOST_ROWS", 200)
    assert f"<p>… {size - 200:,} more: print(picture.table) shows all</p>" in table._repr_html_()
    assert table._repr_html_().count("<tr>") == 201


def test_many_local_derivatives_are_cut():
    xs = [Value(float(i), f"input_{i}") for i in range(60)]
    *_, last = str(draw(at.sum(xs)).table).splitlines()
    assert "more" in last and len(last) < 140
