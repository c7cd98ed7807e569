import Domain
import Foundation

/// What somebody must know to read an exported table: its shape, where it comes from and how its
/// numbers may be used. Written beside the file, after FOCUS' metadata; part of the JSON document.
struct ExportMetadata: Encodable {
  struct Column: Encodable {
    var columnName: String
    var dataType: String
    var description: String

    enum CodingKeys: String, CodingKey {
      case columnName = "ColumnName"
      case dataType = "DataType"
      case description = "Description"
    }
  }

  /// A service that the rows leave out, and why.
  struct LeftOut: Error, Encodable, Equatable {
    var service: String
    var reason: String
  }

  var schemaID: String
  var schemaVersion: String
  /// Columns without `x_` are named as in this version of FOCUS; the file is aligned with it, not a
  /// FOCUS data set.
  var focusVersion = "1.2"
  var generator = "scaler \(Version.text)"
  /// When the file was made.
  var creationDate: Timestamp?
  /// What was asked, in a fixed order.
  var parameters: [String: String] = [:]
  /// How the numbers may be used.
  var rules: [String] = []
  var rowCount = 0
  var leftOut: [LeftOut] = []
  var columns: [Column]

  enum CodingKeys: String, CodingKey {
    case schemaID = "SchemaId"
    case schemaVersion = "SchemaVersion"
    case focusVersion = "FocusVersionAlignedTo"
    case generator = "DataGenerator"
    case creationDate = "CreationDate"
    case parameters = "x_Parameters"
    case rules = "x_Rules"
    case rowCount = "x_RowCount"
    case leftOut = "x_LeftOut"
    case columns = "ColumnDefinition"
  }

  init(_ table: ExportTable) {
    schemaID = table.name
    schemaVersion = table.version
    columns = table.columns.map {
      Column(columnName: $0.name, dataType: $0.kind.rawValue, description: $0.meaning)
    }
  }

  /// The wall clock's time of an export.
  static var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }
}
