"""Simulated IP cameras: looping RTSP streams of real clips, with faults on command."""
