"""Geography: places, roads, zones, routing and the geocoder of corners."""
