extension String {
  /// This text as XML/HTML character data or a quoted attribute value.
  ///
  /// The five special characters become entities. What XML 1.0 forbids (control characters, U+FFFE,
  /// U+FFFF) and the bidirectional overrides, with which a name could disguise the text beside it,
  /// become U+FFFD: visible, harmless, one for one.
  public var markupEscaped: String {
    var out = ""
    out.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(scalar.isSafeInMarkup ? scalar : "\u{FFFD}")
      }
    }
    return out
  }
}

extension Unicode.Scalar {
  fileprivate var isSafeInMarkup: Bool {
    switch value {
    case 0x09, 0x0A, 0x0D: true
    case 0x00...0x1F, 0x7F...0x9F: false
    case 0x202A...0x202E, 0x2066...0x2069: false
    case 0xFFFE, 0xFFFF: false
    default: true
    }
  }
}
