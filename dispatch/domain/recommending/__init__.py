"""Who should go: candidates, the best filling of the places, its explanation and its price."""
