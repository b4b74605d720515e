"""`explore`: a graph whose numbers one can move. Begin with explorer.py for the page, main.js for what it does."""
from .explorer import Explorer as Explorer, explore as explore
