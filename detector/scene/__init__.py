"""What is known of a camera: its file, its views, its zones."""
