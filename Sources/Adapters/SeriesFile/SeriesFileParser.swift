import Domain

/// Turns the bytes of a series file, given in chunks, into rows per series.
struct SeriesFileParser {
  private let file: String
  private let rateCeiling = Sample.ceiling
  private var records = CSVRecords()
  private var values = CSVValues()
  private var header: SeriesFileHeader?
  /// Seconds from value to value in a file of a row per series; nil refuses such files.
  private let wideStep: Int64?
  /// How many columns such a file has; nil in any other.
  private var wideCount: Int?
  /// The bytes of a record that a chunk ended within.
  private var tail: [UInt8] = []
  private var line = 1
  private var atStart = true
  private var lastSeries = 0
  private var indexByName: [[UInt8]: Int] = [:]
  private(set) var series: [SeriesRows] = []

  /// Nothing sensible has longer rows; without a limit an unclosed quote would read a whole file.
  private static let recordLimit = 1 << 20

  init(file: String, wideStep: Int64? = nil) {
    self.file = file
    // So that no column's time overflows.
    self.wideStep = wideStep.map { min(max($0, 1), 1 << 32) }
  }

  var ignoredColumns: [String] { header?.ignored ?? [] }
  var hasQueue: Bool { header?.queue != nil }
  var hasReady: Bool { header?.ready != nil }
  var rateName: String { header?.rateName ?? "rate" }

  mutating func consume(_ chunk: [UInt8]) throws(SeriesFileError) {
    if tail.isEmpty {
      let used = try split(chunk.span, isLast: false)
      tail.append(contentsOf: chunk[used...])
    } else {
      tail.append(contentsOf: chunk)
      let joined = tail
      let used = try split(joined.span, isLast: false)
      tail.removeFirst(used)
    }
    guard tail.count <= Self.recordLimit else {
      throw error(.recordTooLong(limit: Self.recordLimit))
    }
  }

  mutating func finish() throws(SeriesFileError) {
    let rest = tail
    _ = try split(rest.span, isLast: true)
    guard header != nil || wideCount != nil else {
      throw SeriesFileError(file: file, reason: .noHeader)
    }
    guard !series.isEmpty else { throw SeriesFileError(file: file, reason: .noRows) }
  }

  /// Hands the rows over and forgets them; names and their order stay.
  mutating func takeRows() -> [SeriesRows] {
    let taken = series
    for index in series.indices {
      series[index] = SeriesRows(name: taken[index].name, rawName: taken[index].rawName)
    }
    return taken
  }

  /// Goes on behind a line that was refused.
  mutating func skipLine() {
    tail.removeAll()
    line += 1
  }

  /// Takes every complete record; returns how many bytes they were.
  private mutating func split(
    _ bytes: Span<UInt8>, isLast: Bool
  ) throws(SeriesFileError) -> Int {
    var position = 0
    if atStart {
      guard bytes.count >= 3 || isLast else { return 0 }
      atStart = false
      if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
      if bytes.count >= 2, bytes[0] >= 0xFE, bytes[1] >= 0xFE {
        throw SeriesFileError(file: file, reason: .notUTF8)
      }
    }
    while position < bytes.count {
      let next: Int?
      do throws(CSVDefect) {
        next = try records.split(bytes, from: position, isLast: isLast)
      } catch {
        switch error {
        case .strayQuote(let field):
          throw self.error(.strayQuote, text: field.excerpt(in: bytes))
        case .unterminatedQuote: throw self.error(.unterminatedQuote)
        }
      }
      guard let next else { break }
      try take(bytes)
      line += records.lineEnds
      position = next
    }
    return position
  }

  private mutating func take(_ bytes: Span<UInt8>) throws(SeriesFileError) {
    let fields = records.fields
    // A blank line is not a row.
    if fields.count == 1, fields[0].start == fields[0].end { return }
    if let wideCount, let wideStep {
      return try takeWide(bytes, count: wideCount, step: wideStep)
    }
    guard let header else {
      if wideStep != nil, SeriesFileHeader.isWide(fields, in: bytes) {
        wideCount = fields.count
        return
      }
      self.header = try SeriesFileHeader(fields, in: bytes, file: file, line: line)
      return
    }
    guard fields.count == header.count else {
      throw error(.fieldCount(expected: header.count, found: fields.count))
    }
    let index = try seriesIndex(header.series, in: bytes)
    let time: Int64
    do throws(CSVRefusal) {
      time = try values.time(fields[header.time], in: bytes)
    } catch {
      throw refused(error, column: "timestamp", field: fields[header.time], in: bytes)
    }
    let rate = try number(header.rate, header.rateName, ceiling: rateCeiling, in: bytes)
    series[index].times.append(time)
    series[index].lines.append(Int32(clamping: line))
    series[index].rate.append(rate)
    if let column = header.queue {
      series[index].queue.append(try number(column, "queue", ceiling: rateCeiling, in: bytes))
    }
    if let column = header.ready {
      series[index].ready.append(try number(column, "ready", ceiling: rateCeiling, in: bytes))
    }
  }

  /// A name and its values in order of time; empty ones after the last are no values.
  private mutating func takeWide(
    _ bytes: Span<UInt8>, count: Int, step: Int64
  ) throws(SeriesFileError) {
    let fields = records.fields
    guard fields.count == count else {
      throw error(.fieldCount(expected: count, found: fields.count))
    }
    let index = try seriesIndex(0, in: bytes)
    let last = fields.lastIndex { $0.start < $0.end } ?? 0
    for column in 1..<max(1, last + 1) {
      let value = try number(column, "V\(column + 1)", ceiling: rateCeiling, in: bytes)
      series[index].times.append(Int64(column - 1) * step)
      series[index].lines.append(Int32(clamping: line))
      series[index].rate.append(value)
    }
  }

  private func number(
    _ column: Int, _ name: @autoclosure () -> String, ceiling: Double, in bytes: Span<UInt8>
  ) throws(SeriesFileError) -> Double {
    let field = records.fields[column]
    do throws(CSVRefusal) {
      return try values.number(field, in: bytes, ceiling: ceiling) ?? .nan
    } catch {
      throw refused(error, column: name(), field: field, in: bytes)
    }
  }

  /// The series of the current record. Rows are grouped by series or take turns in a fixed order, so
  /// the last series and the one after it are tried before the name is looked up.
  private mutating func seriesIndex(
    _ column: Int?, in bytes: Span<UInt8>
  ) throws(SeriesFileError) -> Int {
    guard let column else {
      if series.isEmpty { series.append(SeriesRows(name: "", rawName: [])) }
      return 0
    }
    let field = records.fields[column]
    if lastSeries < series.count {
      if matches(lastSeries, field, in: bytes) { return lastSeries }
      let next = lastSeries + 1 < series.count ? lastSeries + 1 : 0
      if matches(next, field, in: bytes) {
        lastSeries = next
        return next
      }
    }
    var raw: [UInt8] = []
    for index in field.start..<field.end { raw.append(bytes[index]) }
    if let known = indexByName[raw] {
      lastSeries = known
      return known
    }
    guard let name = field.text(in: bytes) else {
      throw error(.notUTF8, column: "series", text: field.excerpt(in: bytes))
    }
    lastSeries = series.count
    indexByName[raw] = lastSeries
    series.append(SeriesRows(name: name, rawName: raw))
    return lastSeries
  }

  private func matches(_ index: Int, _ field: CSVField, in bytes: Span<UInt8>) -> Bool {
    let name = series[index].rawName
    guard name.count == field.end - field.start else { return false }
    for offset in name.indices where name[offset] != bytes[field.start + offset] { return false }
    return true
  }

  private func refused(
    _ refusal: CSVRefusal, column: String, field: CSVField, in bytes: Span<UInt8>
  ) -> SeriesFileError {
    let reason: SeriesFileError.Reason =
      switch refusal {
      case .notATime: .notATime
      case .milliseconds: .notATimeButMilliseconds
      case .notANumber: .notANumber
      case .notFinite: .notFinite
      case .negative: .negative
      case .tooLarge: .tooLarge(limit: rateCeiling)
      }
    return error(reason, column: column, text: field.excerpt(in: bytes))
  }

  private func error(
    _ reason: SeriesFileError.Reason, column: String? = nil, text: String? = nil
  ) -> SeriesFileError {
    SeriesFileError(file: file, line: line, column: column, text: text, reason: reason)
  }
}
