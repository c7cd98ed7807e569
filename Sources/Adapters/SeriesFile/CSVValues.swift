import Domain

/// Reads numbers and times out of bytes. Both have a fast path for what files hold nearly always and
/// fall back to the general parsers of the standard library and `Timestamp`.
struct CSVValues {
  /// The date that the last fast time began with, as its bytes packed into words, and its midnight.
  private var cachedDate: (high: UInt64, low: UInt16) = (0, 0)
  private var cachedMidnight: Int64 = 0

  /// 10^0 ... 10^22 are exact in binary64, so that one division of an exact integer by one of them
  /// is correctly rounded (Clinger, *How to read floating point numbers accurately*, 1990).
  private static let powersOfTen: [Double] = {
    var powers = [1.0]
    for _ in 1...22 { powers.append(10 * (powers.last ?? 1)) }
    return powers
  }()

  /// A number ≥ 0; nil for an empty field.
  func number(
    _ field: CSVField, in bytes: Span<UInt8>, ceiling: Double
  ) throws(CSVRefusal) -> Double? {
    let field = field.trimmed(in: bytes)
    guard field.start < field.end else { return nil }
    var mantissa: UInt64 = 0
    var index = field.start
    var point = -1
    while index < field.end {
      let digit = bytes[index] &- UInt8(ascii: "0")
      if digit < 10 {
        // 18 digits fit whatever they are; more go to the general parser.
        guard index - field.start < 18 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
      } else if bytes[index] == UInt8(ascii: "."), point < 0 {
        point = index
      } else {
        break
      }
      index += 1
    }
    let decimals = point < 0 ? 0 : field.end - point - 1
    let digits = field.end - field.start - (point < 0 ? 0 : 1)
    if index == field.end, mantissa <= 1 << 53, decimals <= 22, digits > 0 {
      let value = Double(mantissa) / Self.powersOfTen[decimals]
      guard value <= ceiling else { throw .tooLarge }
      return value
    }
    return try general(field, in: bytes, ceiling: ceiling)
  }

  private func general(
    _ field: CSVField, in bytes: Span<UInt8>, ceiling: Double
  ) throws(CSVRefusal) -> Double {
    guard let text = field.text(in: bytes) else { throw .notANumber }
    let bare = text.lowercased().drop { $0 == "-" || $0 == "+" }
    if bare == "nan" || bare == "inf" || bare == "infinity" { throw .notFinite }
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text)
    else { throw .notANumber }
    guard value >= 0 else { throw .negative }
    guard value.isFinite else { throw .notFinite }
    guard value <= ceiling else { throw .tooLarge }
    return value.magnitude
  }

  /// Seconds since 1970.
  mutating func time(_ field: CSVField, in bytes: Span<UInt8>) throws(CSVRefusal) -> Int64 {
    if field.end - field.start == 20, let seconds = utcTime(at: field.start, in: bytes) {
      return seconds
    }
    let field = field.trimmed(in: bytes)
    if let seconds = Self.unixSeconds(field, in: bytes) { return seconds }
    guard let text = field.text(in: bytes) else { throw .notATime }
    if let time = Timestamp(parsing: text) { return time.seconds }
    if let number = Double(text), number > 1e11, number < 1e14 { throw .milliseconds }
    throw .notATime
  }

  /// 1 to 11 digits; nil for anything else, which is not yet an error.
  private static func unixSeconds(_ field: CSVField, in bytes: Span<UInt8>) -> Int64? {
    guard (1...11).contains(field.end - field.start) else { return nil }
    var seconds: Int64 = 0
    for index in field.start..<field.end {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      seconds = seconds * 10 + Int64(digit)
    }
    return seconds
  }

  /// Exactly `YYYY-MM-DDTHH:MM:SSZ`; nil for anything else, which is not yet an error.
  private mutating func utcTime(at start: Int, in bytes: Span<UInt8>) -> Int64? {
    guard bytes[start + 10] == UInt8(ascii: "T"), bytes[start + 13] == UInt8(ascii: ":"),
      bytes[start + 16] == UInt8(ascii: ":"), bytes[start + 19] == UInt8(ascii: "Z")
    else { return nil }
    let hour = Self.twoDigits(at: start + 11, in: bytes)
    let minute = Self.twoDigits(at: start + 14, in: bytes)
    let second = Self.twoDigits(at: start + 17, in: bytes)
    guard hour < 24, minute < 60, second < 60 else { return nil }
    var high: UInt64 = 0
    for index in start..<start + 8 { high = high << 8 | UInt64(bytes[index]) }
    let low = UInt16(bytes[start + 8]) << 8 | UInt16(bytes[start + 9])
    if high != cachedDate.high || low != cachedDate.low {
      guard let text = CSVField(start: start, end: start + 10).text(in: bytes),
        let midnight = Timestamp(rfc3339: text + "T00:00:00Z")
      else { return nil }
      cachedDate = (high, low)
      cachedMidnight = midnight.seconds
    }
    return cachedMidnight + Int64(hour * 3600 + minute * 60 + second)
  }

  /// 0 to 99, or 255 and more where a byte is no digit.
  private static func twoDigits(at index: Int, in bytes: Span<UInt8>) -> Int {
    let tens = Int(bytes[index] &- UInt8(ascii: "0"))
    let ones = Int(bytes[index + 1] &- UInt8(ascii: "0"))
    return tens < 10 && ones < 10 ? tens * 10 + ones : 255
  }
}

/// Why a cell was refused; the caller adds line, column and text.
enum CSVRefusal: Error {
  case notATime, milliseconds, notANumber, notFinite, negative, tooLarge
}
