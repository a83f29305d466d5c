"""Reading cameras: the RTSP client, and decoding a few pictures a second."""
