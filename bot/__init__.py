"""factormate: playbook answers, visit notes and follow-up nudges for factoring account managers in Slack."""

__version__ = "1.0.0"
