"""An accounting firm that follows the requests of its clients on the real portal, as a site of Django."""
