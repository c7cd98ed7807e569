extension Duration {
  /// Whole seconds, rounded down.
  public var wholeSeconds: Int64 {
    let parts = components
    return parts.attoseconds < 0 ? parts.seconds - 1 : parts.seconds
  }

  /// Seconds with their fraction.
  public var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }

  /// Reads what configuration and flags write: `200ms`, `15s`, `2d3h`, `8w`. Nil for an empty text,
  /// a number without a unit, an unknown unit, or a sum beyond 10,000 years.
  public init?(parsing text: String) {
    var total = 0.0
    var rest = Substring(text)
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let number = Double(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(unit.count)
      guard let scale = Self.unitSeconds[String(unit)] else { return nil }
      total += number * scale
    }
    guard total.isFinite, total <= 3.2e11 else { return nil }
    // Whole seconds stay exact; only a fraction goes through floating point, to the millisecond.
    let whole = total.rounded(.down)
    self =
      .seconds(Int64(whole)) + .milliseconds(Int64(((total - whole) * 1000).rounded()))
  }

  /// The shortest text that `init(parsing:)` reads back, `2d3h`; `0s` for zero.
  public var shortText: String {
    if self < .zero { return "-" + (.zero - self).shortText }
    var seconds = components.seconds
    let milliseconds = components.attoseconds / 1_000_000_000_000_000
    var parts: [String] = []
    for (unit, width) in [("w", Int64(604_800)), ("d", 86_400), ("h", 3600), ("m", 60)] {
      // A week count is only shorter when it comes out even.
      if unit == "w" && seconds % width != 0 { continue }
      if seconds >= width {
        parts.append("\(seconds / width)\(unit)")
        seconds %= width
      }
    }
    if seconds > 0 { parts.append("\(seconds)s") }
    if milliseconds > 0 { parts.append("\(milliseconds)ms") }
    return parts.isEmpty ? "0s" : parts.joined()
  }

  private static let unitSeconds: [String: Double] = [
    "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800,
  ]
}
