"""The picture of rows and columns in chapter 4 marks the weights of a row, and those of a column."""
from autograd_tiny.boundary.colours import LIGHT
from autograd_tiny.course.figures.backpropagation_by_hand import rows_and_columns


def test_a_row_leads_to_an_output_and_a_column_leads_away_from_a_hidden_unit():
    forward, backward = rows_and_columns().figure.axes

    def marked(ax, colour):
        """Whether each line is marked: w5, w7, w6, w8."""
        return [line.get_color() == colour for line in ax.get_lines() if len(line.get_xdata()) == 2]

    assert marked(forward, LIGHT.value) == [True, True, False, False]
    assert marked(backward, LIGHT.gradient) == [True, False, True, False]


def test_cells_stand_as_in_the_matrix():
    for ax in rows_and_columns().figure.axes:
        at = {text.get_text(): text.get_position() for text in ax.texts if text.get_text().startswith("w")}
        assert at["w5"][1] == at["w7"][1] > at["w6"][1] == at["w8"][1]
        assert at["w5"][0] == at["w6"][0] < at["w7"][0] == at["w8"][0]
