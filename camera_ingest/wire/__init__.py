"""The formats cameras speak, without I/O: RTP, H.264 and H.265 payloads, RTSP, SDP, Digest."""
