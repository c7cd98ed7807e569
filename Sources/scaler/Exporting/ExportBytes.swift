import Domain

/// Appends values to a growing text without intermediate strings: a year of hours is millions of
/// cells.
struct ExportBytes {
  private(set) var bytes: [UInt8] = []

  var count: Int { bytes.count }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Hands over what was collected, keeping the memory.
  mutating func drain() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// Plain decimal digits, never an exponent: rounded to a millionth, trailing zeros dropped, at
  /// least one decimal.
  ///
  /// - Precondition: `value` is finite.
  mutating func append(decimal value: Double) {
    let magnitude = value.magnitude
    // Beyond 2^53 millionths a Double has no millionths.
    guard magnitude < 9e9 else {
      append(value < 0 ? "-" : "")
      append(magnitude < 9e18 ? "\(UInt64(magnitude.rounded())).0" : "\(magnitude)")
      return
    }
    let millionths = UInt64((magnitude * 1e6).rounded())
    if value < 0, millionths > 0 { append(UInt8(ascii: "-")) }
    append(number: millionths / 1_000_000)
    append(UInt8(ascii: "."))
    var fraction = millionths % 1_000_000
    var scale: UInt64 = 100_000
    repeat {
      append(UInt8(ascii: "0") + UInt8(fraction / scale))
      fraction %= scale
      scale /= 10
    } while fraction > 0 && scale > 0
  }

  mutating func append(number: UInt64) {
    if number >= 10 { append(number: number / 10) }
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  /// A JSON string (RFC 8259).
  mutating func append(jsonString text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A field of RFC 4180, quoted where needed.
  ///
  /// A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or
  /// a carriage return) gets an apostrophe in front: a service or price label must not run in the
  /// finance team's spreadsheet. Numbers are written elsewhere and keep their sign.
  mutating func append(csvField text: String) {
    let isFormula =
      switch text.utf8.first {
      case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D:
        true
      default: false
      }
    let isPlain = text.utf8.allSatisfy { byte in
      byte != UInt8(ascii: "\"") && byte != UInt8(ascii: ",") && byte != 0x0A && byte != 0x0D
    }
    if isPlain {
      if isFormula { append(UInt8(ascii: "'")) }
      // An empty text is not null: null is the empty field without quotes.
      append(text.isEmpty ? "\"\"" : text)
      return
    }
    append(isFormula ? "\"'" : "\"")
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    append(UInt8(ascii: "\""))
  }
}
