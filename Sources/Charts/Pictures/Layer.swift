/// One thing drawn on a `TimeChart`.
public struct Layer: Sendable {
  public enum Shape: Sendable {
    /// Straight from value to value.
    case line(TimedValues, dashed: Bool)
    /// Each value holds until the next; optionally filled down to zero.
    case steps(TimedValues, dashed: Bool, filled: Bool)
    /// Between two edges at the same times; stepped where the edges hold.
    case band(lower: TimedValues, upper: TimedValues, strength: BandStrength, stepped: Bool)
  }

  public let label: String
  public let ink: Ink
  public let shape: Shape
  /// Written at the right end of the line in place of a legend entry.
  public var endLabel: String?
  /// Whether the legend names it.
  public var inLegend: Bool

  public init(
    _ label: String, ink: Ink, _ shape: Shape, endLabel: String? = nil, inLegend: Bool = true
  ) {
    self.label = label
    self.ink = ink
    self.shape = shape
    self.endLabel = endLabel
    self.inLegend = inLegend
  }

  var legendEntry: Legend.Entry? {
    guard inLegend else { return nil }
    let swatch: Legend.Entry.Swatch =
      switch shape {
      case .line(_, let dashed), .steps(_, let dashed, false): .line(dashed: dashed)
      case .steps(_, _, true): .area(strength: .outer)
      case .band(_, _, let strength, _): .area(strength: strength)
      }
    return Legend.Entry(label: label, ink: ink, swatch: swatch)
  }

  /// The layer's columns of the data table.
  var columns: [DataTable.Column] {
    switch shape {
    case .line(let values, _), .steps(let values, _, _):
      [DataTable.Column(label, values: values)]
    case .band(let lower, let upper, _, _):
      inLegend
        ? [
          DataTable.Column(label + ", from", values: lower),
          DataTable.Column(label + ", to", values: upper),
        ] : []
    }
  }

  /// The largest known value shown in `range`, or 0.
  func highest(within range: ClosedRange<Double>) -> Double {
    let series: TimedValues =
      switch shape {
      case .line(let values, _), .steps(let values, _, _): values
      case .band(_, let upper, _, _): upper
      }
    var highest = 0.0
    for (time, value) in zip(series.times, series.values) {
      guard time <= range.upperBound else { break }
      if time >= range.lowerBound, value.isFinite { highest = max(highest, value) }
    }
    let held = series.held(at: range.lowerBound)
    return held.isFinite ? max(highest, held) : highest
  }

  /// The last known value at or before the right end, where a label may sit.
  var lastValue: Double? {
    switch shape {
    case .line(let values, _), .steps(let values, _, _): values.values.last { $0.isFinite }
    case .band(_, let upper, _, _): upper.values.last { $0.isFinite }
    }
  }
}

/// How strongly a band is tinted: the inner of two nested bands is the stronger, and so is what was
/// expected of times that have passed, where that is something else than what is expected of those
/// to come.
public enum BandStrength: String, Sendable {
  case outer
  case inner
  case past
  case solid

  var style: String { "band-" + rawValue }
}
