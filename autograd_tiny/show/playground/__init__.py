"""playground: a page on which a network learns, and everything about it can be changed.

    playground.py       the public function, and its page
      layers.py         a model as the layers that the page knows
      samples.py        X and y as points and classes
      data_sets.py      the data sets, as they are copied into programs
    playground.js       the page: it connects the two folders
      computation/      data, networks, training, diagnosis, in JavaScript; without a page, for tests under Node
      view/             what one sees, and the controls
"""
