"""What is shown: pictures, explanations, and pages that one can touch."""
