"""factormate: playbook answers, visit notes and follow-up nudges for factoring account managers in Slack."""

__version__ = "0.5.0"
