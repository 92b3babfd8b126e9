"""Speed, measured as ratios to a floor of the same run: `zhike bench`."""
