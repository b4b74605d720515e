"""The plots of the chapters, one module for each chapter that has some, so that notebooks show the mathematics."""
