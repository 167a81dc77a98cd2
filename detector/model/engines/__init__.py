"""What runs the network. Each engine is one file; all answer to `engines.base.Engine`."""
