/// Where and why a JSON text is wrong.
struct JSONError: Error, Equatable {
  /// Bytes from the start of the text.
  let offset: Int
  let reason: String
}

/// Reads JSON (RFC 8259) strictly and forward, without building a tree.
///
/// Written out rather than taken from Foundation because a sender is told the offset of its
/// mistake, because nesting is bounded, and because 100,000 samples should cost milliseconds.
struct JSONReader {
  enum Kind: Equatable {
    case object, array, string, number, literal
  }

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private let depthLimit: Int

  init(_ bytes: [UInt8], depthLimit: Int = 64) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  /// The offset of the next byte.
  var offset: Int { position }

  /// What comes next.
  mutating func peek() throws(JSONError) -> Kind {
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"): return .number
    case let digit? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .literal
    default: throw error(byte == nil ? "the text ends early" : "a value was expected")
    }
  }

  /// Reads an object; `member` gets each name in turn and reads or skips its value.
  mutating func object(_ member: (String, inout JSONReader) throws -> Void) throws {
    try open("{")
    if take("}") { return close() }
    repeat {
      skipSpace()
      guard byte == UInt8(ascii: "\"") else { throw error("a member's name was expected") }
      let name = try string()
      guard take(":") else { throw error("a colon was expected") }
      try member(name, &self)
    } while take(",")
    guard take("}") else { throw error("a comma or a closing brace was expected") }
    close()
  }

  /// Reads an array; `element` gets each index in turn and reads or skips the value.
  mutating func array(_ element: (Int, inout JSONReader) throws -> Void) throws {
    try open("[")
    if take("]") { return close() }
    var index = 0
    repeat {
      try element(index, &self)
      index += 1
    } while take(",")
    guard take("]") else { throw error("a comma or a closing bracket was expected") }
    close()
  }

  /// Reads past a value of any kind.
  mutating func skip() throws {
    switch try peek() {
    case .object: try object { try $1.skip() }
    case .array: try array { try $1.skip() }
    case .string: _ = try string()
    case .number: _ = try number()
    case .literal: try literal()
    }
  }

  mutating func number() throws(JSONError) -> Double {
    skipSpace()
    let start = position
    if byte == UInt8(ascii: "-") { position += 1 }
    if byte == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if byte == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      position += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    // What does not fit a Double (1e400) reads as infinite, which every caller refuses by name.
    return Double(String(decoding: bytes[start..<position], as: UTF8.self)) ?? .infinity
  }

  mutating func string() throws(JSONError) -> String {
    skipSpace()
    let start = position
    guard byte == UInt8(ascii: "\"") else { throw error("a string was expected") }
    position += 1
    var text: [UInt8] = []
    var plainStart = position
    while let next = byte {
      switch next {
      case UInt8(ascii: "\""):
        let rest = bytes[plainStart..<position]
        position += 1
        // Most have no escape and need no other storage.
        let result =
          text.isEmpty
          ? String(validating: rest, as: UTF8.self) : String(validating: text + rest, as: UTF8.self)
        guard let result else {
          throw JSONError(offset: start, reason: "the string is not valid UTF-8")
        }
        return result
      case UInt8(ascii: "\\"):
        text.append(contentsOf: bytes[plainStart..<position])
        position += 1
        try escape(into: &text)
        plainStart = position
      case 0..<0x20:
        throw error("a control character must be escaped")
      default:
        position += 1
      }
    }
    throw error("the text ends inside a string")
  }

  /// Nothing but space may follow.
  mutating func end() throws(JSONError) {
    skipSpace()
    if position < bytes.count { throw error("nothing may follow the value") }
  }

  private mutating func literal() throws(JSONError) {
    for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return
    }
    throw error("a value was expected")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    let simple: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F,
      UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
      UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]
    guard let next = byte else { throw error("the text ends inside a string") }
    if let plain = simple[next] {
      position += 1
      text.append(plain)
      return
    }
    guard next == UInt8(ascii: "u") else { throw error("an unknown escape") }
    position += 1
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: "\\u".utf8) {
      position += 2
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw error("half a surrogate pair") }
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair") }
    text.append(contentsOf: Array(String(Character(scalar)).utf8))
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits were expected")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let next = byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
    if position == start { throw error("a digit was expected") }
  }

  private mutating func open(_ bracket: Unicode.Scalar) throws(JSONError) {
    guard take(bracket) else { throw error("\"\(bracket)\" was expected") }
    depth += 1
    guard depth <= depthLimit else {
      throw JSONError(
        offset: position - 1, reason: "nested deeper than \(depthLimit) levels")
    }
  }

  private mutating func close() { depth -= 1 }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard byte == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let next = byte, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 {
      position += 1
    }
  }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func error(_ reason: String) -> JSONError {
    JSONError(offset: position, reason: reason)
  }
}
