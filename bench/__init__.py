"""Figures: our work beside hand-written baselines for the same rows, measured in the same run."""
