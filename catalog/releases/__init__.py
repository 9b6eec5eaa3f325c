"""Catalogue releases (目录发布批次): what has changed since the last one, issued under a number, with receipts."""
