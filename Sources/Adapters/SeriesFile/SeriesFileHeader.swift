/// Which field of a row is what. Names are taken without regard to case and surrounding spaces.
struct SeriesFileHeader {
  var count: Int
  var time: Int
  var rate: Int
  /// `rate` or `value`, whichever the file has.
  var rateName: String
  var queue: Int?
  var ready: Int?
  var series: Int?
  /// Columns that mean nothing here.
  var ignored: [String]

  init(
    _ fields: [CSVField], in bytes: Span<UInt8>, file: String, line: Int
  ) throws(SeriesFileError) {
    var names: [String] = []
    for field in fields {
      guard let text = field.trimmed(in: bytes).text(in: bytes) else {
        throw SeriesFileError(
          file: file, line: line, text: field.excerpt(in: bytes), reason: .notUTF8)
      }
      let name = text.lowercased()
      let known = ["timestamp", "rate", "value", "queue", "ready", "series"].contains(name)
      if known, names.contains(name) {
        throw SeriesFileError(file: file, line: line, text: name, reason: .repeatedColumn)
      }
      names.append(name)
    }
    guard let time = names.firstIndex(of: "timestamp") else {
      throw SeriesFileError(file: file, line: line, reason: .missingColumn("timestamp"))
    }
    let rates = ["rate", "value"].filter { names.contains($0) }
    guard rates.count < 2 else {
      throw SeriesFileError(file: file, line: line, reason: .ambiguousColumns)
    }
    guard let rateName = rates.first, let rate = names.firstIndex(of: rateName) else {
      throw SeriesFileError(file: file, line: line, reason: .missingColumn("rate"))
    }
    count = names.count
    self.time = time
    self.rate = rate
    self.rateName = rateName
    queue = names.firstIndex(of: "queue")
    ready = names.firstIndex(of: "ready")
    series = names.firstIndex(of: "series")
    ignored = names.filter {
      !["timestamp", "rate", "value", "queue", "ready", "series"].contains($0)
    }
  }

  /// Whether the columns are V1, V2, …: a row per series, its name first, then its values.
  static func isWide(_ fields: [CSVField], in bytes: Span<UInt8>) -> Bool {
    guard fields.count >= 2 else { return false }
    for (index, field) in fields.enumerated() where field.text(in: bytes) != "V\(index + 1)" {
      return false
    }
    return true
  }
}
