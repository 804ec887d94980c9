"""People and how they sign in: invitation, password, reset, suspension. Roles come from `committees`."""
