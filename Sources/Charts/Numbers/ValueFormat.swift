/// How the values of an axis or a column are written.
public enum ValueFormat: Sendable, Equatable {
  /// `1.25k`
  case number
  /// A fraction as `0.42 %`.
  case percent
  /// A multiple as `1.18×`.
  case ratio
  /// `12.5k USD`
  case money(currency: String)

  public func text(_ value: Double, significant: Int = 3) -> String {
    let digits = CompactNumber.text(value, significant: significant)
    return switch self {
    case .number: digits
    case .percent: CompactNumber.percent(value, significant: significant)
    case .ratio: value.isFinite ? digits + "×" : digits
    case .money(let currency): value.isFinite ? digits + "\u{202F}" + currency : digits
    }
  }
}
