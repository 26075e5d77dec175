"""Request builders: from navigation and options to requests and pages."""
