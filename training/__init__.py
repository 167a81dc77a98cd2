"""From labelled pictures to a released model: sources, build, train, evaluate, export."""
