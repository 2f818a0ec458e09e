"""The main job and the plugins in real editors."""
