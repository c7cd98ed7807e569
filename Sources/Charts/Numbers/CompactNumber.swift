/// How numbers are printed on axes, in labels and in tables.
public enum CompactNumber {
  /// `value` with at most `significant` significant digits and an SI prefix from a thousand up.
  ///
  /// `0.0042`, `12.5`, `1.25k`, `3M`; trailing zeros are dropped; below 0.00001 it is scientific.
  /// Unknown (NaN) is an en dash, never zero; infinities are `∞` and `−∞`.
  public static func text(_ value: Double, significant: Int = 3) -> String {
    if value.isNaN { return "–" }
    if value.isInfinite { return value < 0 ? "−∞" : "∞" }
    let sign = value < 0 ? "−" : ""
    let magnitude = value.magnitude
    if magnitude == 0 { return "0" }
    if magnitude < 1e-5 || magnitude >= 1e18 { return sign + scientific(magnitude) }
    let prefixes = ["", "k", "M", "G", "T", "P"]
    var index = 0
    var scaled = magnitude
    while scaled >= 1000, index < prefixes.count - 1 {
      scaled /= 1000
      index += 1
    }
    var digits = fixed(scaled, decimals: decimals(for: scaled, significant: significant))
    if digits == "1000", index < prefixes.count - 1 {
      digits = "1"
      index += 1
    }
    return sign + digits + prefixes[index]
  }

  /// A fraction as a percentage: 0.0042 is `0.42 %`.
  public static func percent(_ fraction: Double, significant: Int = 3) -> String {
    if !fraction.isFinite { return text(fraction) }
    return text(fraction * 100, significant: significant) + "\u{202F}%"
  }

  /// Seconds in the unit a person would use: `45 s`, `3 min`, `2.5 h`, `7 d`.
  public static func duration(seconds: Double) -> String {
    let units: [(Double, String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    for (size, name) in units where seconds.magnitude >= size {
      return text(seconds / size) + "\u{202F}" + name
    }
    if seconds.magnitude > 0, seconds.magnitude < 1 {
      return text(seconds * 1000) + "\u{202F}ms"
    }
    return text(seconds) + "\u{202F}s"
  }

  private static func decimals(for magnitude: Double, significant: Int) -> Int {
    var decimals = significant - 1
    var bound = 10.0
    while magnitude >= bound, decimals > 0 {
      bound *= 10
      decimals -= 1
    }
    bound = 1.0
    while magnitude < bound, decimals < 8 {
      bound /= 10
      decimals += 1
    }
    return decimals
  }

  /// `magnitude` (0…1e15) with at most `decimals` decimals and no trailing zeros.
  static func fixed(_ magnitude: Double, decimals: Int) -> String {
    var power = 1
    for _ in 0..<decimals { power *= 10 }
    let scaled = Int((magnitude * Double(power)).rounded())
    let whole = scaled / power
    var fraction = scaled % power
    guard fraction > 0 else { return String(whole) }
    var width = decimals
    while fraction % 10 == 0 {
      fraction /= 10
      width -= 1
    }
    let digits = String(fraction)
    return "\(whole)." + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func scientific(_ magnitude: Double) -> String {
    var mantissa = magnitude
    var exponent = 0
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    return fixed(mantissa, decimals: 1) + "e\(exponent)"
  }
}
