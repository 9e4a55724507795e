"""Property tests run on busy machines: no limit on a single example, few enough examples to stay quick."""

from hypothesis import settings

settings.register_profile("factormate", deadline=None, max_examples=60)
settings.load_profile("factormate")
