"""The workbook: one question answered as a spreadsheet whose weights can be changed."""
