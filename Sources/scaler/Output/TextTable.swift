import Adapters

/// Rows under headings, as aligned text for a terminal and as CSV for programs.
struct TextTable {
  struct Column {
    /// The heading in CSV, a stable name.
    var name: String
    /// The heading for people.
    var title: String
    var alignsRight = false
  }

  var columns: [Column]
  var rows: [[String]] = []

  /// Columns padded to their widest cell, two spaces apart.
  var text: String {
    let widths = columns.indices.map { column in
      max(columns[column].title.count, rows.map { $0[column].count }.max() ?? 0)
    }
    let lines = [columns.map(\.title)] + rows
    return lines.map { cells in
      var line = ""
      for (column, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += columns[column].alignsRight ? padding + cell : cell + padding
        if column < cells.count - 1 { line += "  " }
      }
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// RFC 4180 with a header row.
  var csv: String {
    ([columns.map(\.name)] + rows)
      .map { $0.map(SeriesFile.quoted).joined(separator: ",") }
      .joined(separator: "\r\n")
  }
}
