"""The demo company: a small Chinese maker of office equipment, made through the same actions that people use."""

from zhike.sales.demo.company import NotEmpty, accounts, fill, is_empty

__all__ = ["NotEmpty", "accounts", "fill", "is_empty"]
