"""The flat printed sheet: paper, the coverage of ink, and ink on paper."""
