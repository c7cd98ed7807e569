/// An element of the plain XML that AWS' query protocol answers with: names, text and children;
/// attributes, comments and processing instructions are passed over, document types are refused.
struct XMLElement: Equatable {
  var name: String
  var text = ""
  var children: [XMLElement] = []

  func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  /// Follows one child per name.
  func descend(_ names: String...) -> XMLElement? {
    names.reduce(self as XMLElement?) { element, name in element?.child(name) }
  }

  /// The text of a child; nil without one or with an empty one.
  func text(_ name: String) -> String? {
    child(name).flatMap { $0.text.isEmpty ? nil : $0.text }
  }

  func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

  /// The elements of a list, which AWS calls `member`.
  func members(_ name: String) -> [XMLElement] {
    child(name)?.children.filter { $0.name == "member" } ?? []
  }

  /// Nil unless the bytes are one well-formed element, nested at most 64 deep.
  static func parse(_ bytes: [UInt8]) -> XMLElement? {
    var reader = XMLReader(bytes: bytes)
    return reader.document()
  }
}

private struct XMLReader {
  let bytes: [UInt8]
  private var index = 0

  private static let deepest = 64

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() -> XMLElement? {
    skipProlog()
    guard let root = element(depth: 0) else { return nil }
    skipProlog()
    return index == bytes.count ? root : nil
  }

  private mutating func skipProlog() {
    while index < bytes.count {
      if starts("<?") {
        skip(past: "?>")
      } else if starts("<!--") {
        skip(past: "-->")
      } else if bytes[index] <= 0x20 {
        index += 1
      } else {
        return
      }
    }
  }

  private mutating func element(depth: Int) -> XMLElement? {
    guard depth < Self.deepest, starts("<") else { return nil }
    index += 1
    let nameStart = index
    while index < bytes.count, !" \t\r\n/>".utf8.contains(bytes[index]) { index += 1 }
    guard index > nameStart, bytes[nameStart] != UInt8(ascii: "!") else { return nil }
    var element = XMLElement(name: String(decoding: bytes[nameStart..<index], as: UTF8.self))
    guard let isEmpty = skipAttributes() else { return nil }
    if isEmpty { return element }
    var text: [UInt8] = []
    while index < bytes.count {
      if starts("</") {
        index += 2
        guard starts(element.name) else { return nil }
        index += element.name.utf8.count
        skip(past: ">")
        let isLeaf = element.children.isEmpty
        element.text = isLeaf ? Self.unescaped(String(decoding: text, as: UTF8.self)) : ""
        return element
      } else if starts("<!--") {
        skip(past: "-->")
      } else if starts("<") {
        guard let child = self.element(depth: depth + 1) else { return nil }
        element.children.append(child)
      } else {
        text.append(bytes[index])
        index += 1
      }
    }
    return nil
  }

  /// Up to behind the `>`; whether it was a `/>`. Nil if the tag does not end.
  private mutating func skipAttributes() -> Bool? {
    var quote: UInt8?
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return bytes[index - 2] == UInt8(ascii: "/")
      }
    }
    return nil
  }

  private func starts(_ text: String) -> Bool {
    let wanted = text.utf8
    guard index + wanted.count <= bytes.count else { return false }
    return bytes[index..<index + wanted.count].elementsEqual(wanted)
  }

  private mutating func skip(past text: String) {
    while index < bytes.count, !starts(text) { index += 1 }
    index = min(bytes.count, index + text.utf8.count)
  }

  private static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var result = text
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
    ] {
      result = result.split(separator: entity, omittingEmptySubsequences: false)
        .joined(separator: character)
    }
    return result
  }
}
