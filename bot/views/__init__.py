"""What people see: domain objects and a `Text` in, Block Kit out. Pure functions."""
