"""The demonstration: Jiande's eleven rounds, a second invented county, and the people who look at them.

Written through the same services, and computed by the same background jobs, as any county's. Idempotent: a second
run finds everything in place. Refused in production.
"""
