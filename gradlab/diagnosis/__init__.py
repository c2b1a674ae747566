"""Says what is wrong with a run, why it thinks so, and what to try: pure functions from records to findings."""
