"""The main job with the real model on the real engine."""
