"""What a process tells its operator about itself: log lines, figures, and traces where somebody collects them."""
