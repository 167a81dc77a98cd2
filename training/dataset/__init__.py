"""From sources and a recipe to the pictures and labels that Ultralytics reads."""
