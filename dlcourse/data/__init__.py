"""Data: real images that installed packages carry; nothing is downloaded unless asked for."""
