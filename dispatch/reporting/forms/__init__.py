"""The forms a report is handed out in: CSV, PDF, GeoParquet; made of its JSON."""
