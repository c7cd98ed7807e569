import Domain

/// Turns rows into the bytes of one table, piece by piece.
///
/// The bytes depend on the rows alone, so that a file and an answer of the API with the same rows
/// are the same.
struct RowEncoder {
  let table: ExportTable
  let format: ExportFormat
  private var out = ExportBytes()
  private var rows = 0
  /// `"name":` of each column, escaped once.
  private let keys: [String]

  init(_ table: ExportTable, format: ExportFormat) {
    self.table = table
    self.format = format
    keys = table.columns.map { column in
      var key = ExportBytes()
      key.append(jsonString: column.name)
      return String(decoding: key.bytes, as: UTF8.self) + ":"
    }
  }

  var rowCount: Int { rows }
  var pendingBytes: Int { out.count }

  /// What was written since the last call.
  mutating func drain() -> [UInt8] { out.drain() }

  mutating func begin() {
    switch format {
    case .csv:
      out.append(table.columns.map(\.name).joined(separator: ",") + "\r\n")
    case .ndjson: break
    case .json:
      out.append("{\"format_version\":1,\"schema\":")
      out.append(jsonString: table.name)
      out.append(",\"schema_version\":")
      out.append(jsonString: table.version)
      out.append(",\"rows\":[")
    }
  }

  /// - Precondition: One cell per column.
  mutating func add(_ cells: [ExportCell]) {
    precondition(cells.count == table.columns.count, "a cell for each column of \(table.name)")
    rows += 1
    switch format {
    case .csv:
      for (index, cell) in cells.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        append(csv: cell)
      }
      out.append("\r\n")
    case .ndjson:
      append(object: cells)
      out.append(UInt8(ascii: "\n"))
    case .json:
      out.append(rows > 1 ? ",\n" : "\n")
      append(object: cells)
    }
  }

  /// - Parameter metadata: A JSON document; part of the result only where that is one document.
  mutating func end(metadata: String) {
    if format == .json {
      out.append("\n],\"metadata\":")
      out.append(metadata)
      out.append("}\n")
    }
  }

  private mutating func append(csv cell: ExportCell) {
    switch cell {
    case .null: break
    case .text(let text): out.append(csvField: text)
    case .decimal(let value): if value.isFinite { out.append(decimal: value) }
    case .integer(let value): out.append("\(value)")
    case .time(let time): out.append(time.description)
    case .flag(let value): out.append(value ? "true" : "false")
    }
  }

  private mutating func append(object cells: [ExportCell]) {
    out.append(UInt8(ascii: "{"))
    for (index, cell) in cells.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      out.append(keys[index])
      switch cell {
      case .null: out.append("null")
      case .text(let text): out.append(jsonString: text)
      case .decimal(let value):
        if value.isFinite { out.append(decimal: value) } else { out.append("null") }
      case .integer(let value): out.append("\(value)")
      case .time(let time):
        out.append(UInt8(ascii: "\""))
        out.append(time.description)
        out.append(UInt8(ascii: "\""))
      case .flag(let value): out.append(value ? "true" : "false")
      }
    }
    out.append(UInt8(ascii: "}"))
  }
}
