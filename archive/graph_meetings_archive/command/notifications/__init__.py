"""The commands about change notifications: `graph-meetings subscriptions` and `graph-meetings watch`."""
