import Domain

extension SeriesFile {
  /// The file as RFC 4180 text with LF line ends. Numbers are written with the fewest digits that
  /// read back as the same number; an unknown value is an empty cell. The columns `series`, `queue`
  /// and `ready` appear if any series has them.
  public func csv() -> [UInt8] {
    let named = series.contains { !$0.name.isEmpty } || series.count > 1
    let hasQueue = series.contains { $0.queue != nil }
    let hasReady = series.contains { $0.ready != nil }
    var text: [UInt8] = []
    let names =
      (named ? ["series"] : []) + ["timestamp", "rate"] + (hasQueue ? ["queue"] : [])
      + (hasReady ? ["ready"] : [])
    text.append(contentsOf: names.joined(separator: ",").utf8)
    text.append(UInt8(ascii: "\n"))
    for entry in series {
      let prefix = named ? Self.quoted(entry.name) + "," : ""
      for index in 0..<entry.rate.count {
        text.append(contentsOf: prefix.utf8)
        text.append(contentsOf: entry.rate.time(at: index).description.utf8)
        Self.append(entry.rate[index], to: &text)
        if hasQueue { Self.append(entry.queue?[index], to: &text) }
        if hasReady { Self.append(entry.ready?[index], to: &text) }
        text.append(UInt8(ascii: "\n"))
      }
    }
    return text
  }

  /// A field as RFC 4180 writes it: in quotes only if it has to be.
  public static func quoted(_ field: String) -> String {
    let special: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D]
    let needsQuotes =
      field.utf8.contains { special.contains($0) } || field.hasPrefix(" ") || field.hasSuffix(" ")
    guard needsQuotes else { return field }
    var result = "\""
    for character in field.unicodeScalars {
      if character == "\"" { result += "\"" }
      result.unicodeScalars.append(character)
    }
    return result + "\""
  }

  private static func append(_ value: Double?, to text: inout [UInt8]) {
    text.append(UInt8(ascii: ","))
    guard let value else { return }
    var digits = value.description
    if digits.hasSuffix(".0") { digits.removeLast(2) }
    text.append(contentsOf: digits.utf8)
  }
}
