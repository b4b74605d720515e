"""Films as files that play by themselves: .gif, .webp and .mp4, and an animated .svg.

drawing.py draws the frames of a film into one SVG, pixels.py and encoding.py make a file of them, saving.py chooses.
film/ and learning/ draw their films with it.
"""
