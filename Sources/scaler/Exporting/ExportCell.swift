import Domain

/// One value of an exported row.
enum ExportCell: Sendable, Equatable {
  /// Not known, or not meaningful in this row.
  case null
  case text(String)
  /// Written with a point and at least one decimal, so that a column of whole numbers reads as
  /// decimals too; not finite is null.
  case decimal(Double)
  case integer(Int64)
  case time(Timestamp)
  case flag(Bool)

  init(_ text: String?) { self = text.map(Self.text) ?? .null }
  init(_ value: Double?) { self = value.map(Self.decimal) ?? .null }
  init(_ time: Timestamp?) { self = time.map(Self.time) ?? .null }
}

/// What a column holds.
struct ExportColumn: Sendable, Equatable {
  enum Kind: String, Sendable {
    case string = "String"
    case decimal = "Decimal"
    case integer = "Integer"
    case time = "DateTime"
    case flag = "Boolean"
    /// An object in JSON, as a text.
    case json = "JSON"
  }

  let name: String
  let kind: Kind
  /// One sentence with the unit, for the metadata file.
  let meaning: String

  init(_ name: String, _ kind: Kind, _ meaning: String) {
    self.name = name
    self.kind = kind
    self.meaning = meaning
  }

  /// Version of the table's shape.
  static let schemaVersion = ExportColumn(
    "x_SchemaVersion", .string,
    "Version of this table's shape: a text. A reader that guesses types takes it for a number; tell "
      + "pandas dtype={'x_SchemaVersion': str}, DuckDB types={'x_SchemaVersion': 'VARCHAR'}.")
}

/// How rows are written.
enum ExportFormat: String, Sendable, CaseIterable {
  /// RFC 4180: a header, CRLF at line ends, quotes where needed; an empty cell is null.
  case csv
  /// One JSON object per line.
  case ndjson
  /// One document with the rows and their metadata.
  case json

  var mediaType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8; header=present"
    case .ndjson: "application/x-ndjson"
    case .json: "application/json"
    }
  }
}
