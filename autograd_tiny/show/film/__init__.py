"""`play`: a pass or a training as a film. film.py says what a film is; player.py puts it on a page."""
from .film import Film as Film, Shown as Shown, Step as Step
