"""Pages of HTML that need no network and no other file, and what they share. Begin with page.py.

linking.py makes one script of a page's modules. The modules here have no page of their own: numbers.js writes numbers,
elements.js makes elements, controls.js a slider with a field, plot.js curves with axes, theme.js the button for light
and dark, fragment.js keeps a state in the address, and host.js tells it to a notebook, which widget.py listens to;
playback.js leads through the frames of a film. frame.js and notebook.js make the frame in a notebook fit.
"""
from .page import Page as Page, as_script as as_script
