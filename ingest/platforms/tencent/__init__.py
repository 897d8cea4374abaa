"""Tencent Cloud: products with their present state."""
