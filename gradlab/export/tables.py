import csv
import io

from gradlab.instruments.records import Table


def as_csv(table: Table) -> bytes:
    """Return a table as CSV for spreadsheets: UTF-8 with a byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(table.header)
    writer.writerows(table.rows)
    return text.getvalue().encode("utf-8-sig")
