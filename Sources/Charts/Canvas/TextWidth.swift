/// How wide a text will be, roughly, in a sans-serif face of unknown make.
///
/// A picture on a server has no font to ask. The classes below are those of common system faces,
/// rounded up, so that labels keep apart rather than touch.
enum TextWidth {
  static func of(_ text: String, size: Double) -> Double {
    var width = 0.0
    for scalar in text.unicodeScalars { width += ems(scalar) }
    return width * size
  }

  private static func ems(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", "t", "f", "r", ".", ",", ":", ";", "'", "|", "(", ")", "\u{202F}", " ":
      0.36
    case "m", "w", "M", "W", "@", "%", "—": 0.92
    case "A"..."Z": 0.7
    case _ where scalar.value > 0x2E80: 1.05
    default: 0.6
    }
  }

  /// `text`, cut with an ellipsis where it would be wider than `limit`.
  static func fitted(_ text: String, size: Double, limit: Double) -> String {
    if of(text, size: size) <= limit { return text }
    var kept = text
    while !kept.isEmpty, of(kept + "…", size: size) > limit { kept.removeLast() }
    return kept + "…"
  }
}
