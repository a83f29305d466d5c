"""Live view over WebRTC (WHEP): the camera's own H.264, passed on as it is where possible."""
