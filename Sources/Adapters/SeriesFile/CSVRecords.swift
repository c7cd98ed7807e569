/// Where the fields of one CSV record lie in the bytes that hold it.
struct CSVField {
  var start: Int
  var end: Int
  /// The field was quoted and holds doubled quotes, which still have to be undoubled.
  var hasDoubledQuotes = false
}

/// Why a record cannot be split; the caller adds file and line.
enum CSVDefect: Error {
  case strayQuote(CSVField)
  case unterminatedQuote
}

/// Splits bytes into RFC 4180 records: comma, optional quotes, LF or CRLF (a lone CR counts too).
struct CSVRecords {
  /// The fields of the last record; quotes are outside of them.
  private(set) var fields: [CSVField] = []
  /// How many line ends the last record held, its own included.
  private(set) var lineEnds = 0

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Splits the record that starts at `start`. Returns where the next one starts, or nil if the
  /// record is not complete within `bytes` (never when `isLast`). `start` must be inside `bytes`.
  mutating func split(
    _ bytes: Span<UInt8>, from start: Int, isLast: Bool
  ) throws(CSVDefect) -> Int? {
    fields.removeAll(keepingCapacity: true)
    lineEnds = 0
    var index = start
    let end = bytes.count
    while true {
      if index < end, bytes[index] == Self.quote {
        guard let next = try quotedField(bytes, from: index, isLast: isLast) else { return nil }
        index = next
      } else {
        let fieldStart = index
        while index < end {
          let byte = bytes[index]
          if byte == Self.comma || byte == Self.lineFeed || byte == Self.carriageReturn { break }
          if byte == Self.quote {
            throw .strayQuote(CSVField(start: fieldStart, end: index + 1))
          }
          index += 1
        }
        fields.append(CSVField(start: fieldStart, end: index))
      }
      guard index < end else { return isLast ? end : nil }
      switch bytes[index] {
      case Self.comma: index += 1
      case Self.lineFeed:
        lineEnds += 1
        return index + 1
      default:
        // A CR at the end of the chunk may be the first half of a CRLF.
        guard index + 1 < end || isLast else { return nil }
        lineEnds += 1
        return index + 1 < end && bytes[index + 1] == Self.lineFeed ? index + 2 : index + 1
      }
    }
  }

  private mutating func quotedField(
    _ bytes: Span<UInt8>, from opening: Int, isLast: Bool
  ) throws(CSVDefect) -> Int? {
    var field = CSVField(start: opening + 1, end: opening + 1)
    var index = opening + 1
    while index < bytes.count {
      let byte = bytes[index]
      if byte == Self.lineFeed { lineEnds += 1 }
      if byte != Self.quote {
        index += 1
        continue
      }
      guard index + 1 < bytes.count || isLast else { return nil }
      if index + 1 < bytes.count, bytes[index + 1] == Self.quote {
        field.hasDoubledQuotes = true
        index += 2
        continue
      }
      field.end = index
      fields.append(field)
      index += 1
      guard index < bytes.count else { return index }
      switch bytes[index] {
      case Self.comma, Self.lineFeed, Self.carriageReturn: return index
      default:
        throw .strayQuote(CSVField(start: opening, end: index + 1))
      }
    }
    if isLast { throw .unterminatedQuote }
    return nil
  }
}

extension CSVField {
  /// The field as text; nil if it is not UTF-8.
  func text(in bytes: Span<UInt8>) -> String? {
    var copy: [UInt8] = []
    copy.reserveCapacity(end - start)
    var index = start
    while index < end {
      copy.append(bytes[index])
      // The scanner has seen that quotes inside come in pairs.
      index += hasDoubledQuotes && bytes[index] == UInt8(ascii: "\"") ? 2 : 1
    }
    return String(validating: copy, as: UTF8.self)
  }

  /// What a message may show of the field: at most 80 characters, never invalid text.
  func excerpt(in bytes: Span<UInt8>) -> String {
    var copy: [UInt8] = []
    for index in start..<min(end, start + 80) { copy.append(bytes[index]) }
    let whole = String(decoding: copy, as: UTF8.self)
    return end - start > 80 ? whole + "…" : whole
  }

  /// The field without spaces and tabs around it.
  func trimmed(in bytes: Span<UInt8>) -> CSVField {
    var field = self
    while field.start < field.end, Self.isBlank(bytes[field.start]) { field.start += 1 }
    while field.start < field.end, Self.isBlank(bytes[field.end - 1]) { field.end -= 1 }
    return field
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
