"""Benchmarks: rates, shares and ratios measured in one run. They print; they never judge, and no test looks at them.

``python -m benchmarks`` lists them. Times are CPU seconds unless a column says otherwise.
"""
