"""Who people are and what they may do: communities, persons, roles, sign-in, sessions."""
