public import Domain

/// Why a series file was refused. Prints as one sentence that names the file, the line, the column
/// and the offending text, as far as there are such:
/// `trace.csv, line 17, column rate: "NaN" is not a finite number`.
public struct SeriesFileError: Error, Sendable, Equatable {
  /// The path as it was given; `-` is standard input.
  public var file: String
  /// Counted from 1, the header included. A quoted record over several lines counts from its first.
  public var line: Int?
  public var column: String?
  /// What stood there, at most 80 characters of it.
  public var text: String?
  public var reason: Reason

  public enum Reason: Sendable, Equatable {
    case unreadable(String)
    case notDecompressed(String)
    case notUTF8
    case noHeader
    case missingColumn(String)
    case repeatedColumn
    case ambiguousColumns
    case fieldCount(expected: Int, found: Int)
    case strayQuote
    case unterminatedQuote
    case recordTooLong(limit: Int)
    case notATime
    case notATimeButMilliseconds
    case notANumber
    case notFinite
    case negative
    case tooLarge(limit: Double)
    /// Two rows of one series and instant hold different values.
    case conflict(other: Double, otherLine: Int, time: Timestamp, repeatsAnHour: Bool)
    case noRows
    case singleRow
    case tooLong(cells: Int, limit: Int)
  }

  public init(
    file: String, line: Int? = nil, column: String? = nil, text: String? = nil, reason: Reason
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.text = text
    self.reason = reason
  }
}

extension SeriesFileError: CustomStringConvertible {
  public var description: String {
    var place = file == "-" ? "standard input" : file
    if let line { place += ", line \(line)" }
    if let column { place += ", column \(column)" }
    let subject = text.map { "\"\($0)\" " } ?? ""
    return "\(place): \(subject)\(reason.sentence)"
  }
}

extension SeriesFileError.Reason {
  fileprivate var sentence: String {
    switch self {
    case .unreadable(let why): "cannot be read (\(why))"
    case .notDecompressed(let why): "cannot be decompressed (\(why))"
    case .notUTF8: "is not UTF-8 text"
    case .noHeader: "the file is empty; a header row such as timestamp,rate is required"
    case .missingColumn(let name): "the header has no column \(name)"
    case .repeatedColumn: "is a column twice"
    case .ambiguousColumns: "the header has both rate and value; keep one"
    case .fieldCount(let expected, let found):
      "the row has \(found) field\(found == 1 ? "" : "s"), the header \(expected)"
    case .strayQuote: "has a quote in the wrong place (RFC 4180: double it inside a quoted field)"
    case .unterminatedQuote: "a quoted field does not end"
    case .recordTooLong(let limit): "the row is longer than \(limit) bytes"
    case .notATime: "is not a time (RFC 3339 with an offset, or Unix seconds)"
    case .notATimeButMilliseconds: "is not a time: it looks like milliseconds, give seconds"
    case .notANumber: "is not a number"
    case .notFinite: "is not a finite number"
    case .negative: "is negative"
    case .tooLarge(let limit): "is larger than \(limit.shortText)"
    case .conflict(let other, let line, let time, let repeatsAnHour):
      "contradicts \(other.shortText) of line \(line) for \(time)"
        + (repeatsAnHour ? " (an hour repeats: local times without their offset?)" : "")
    case .noRows: "the file has a header and no data"
    case .singleRow: "a single row has no spacing to tell the resolution from"
    case .tooLong(let cells, let limit):
      "the series spans \(cells) intervals of its own spacing; a wrong year in a row? (limit \(limit))"
    }
  }
}
