/// What was or is expected over time: the middle, and bands around it.
public struct ForecastBands: Sendable, Equatable {
  /// Edges at two probabilities, at the same times as the middle.
  public struct Band: Sendable, Equatable {
    /// `P10–P90`
    public let label: String
    public let lower: TimedValues
    public let upper: TimedValues

    public init(label: String, lower: TimedValues, upper: TimedValues) {
      self.label = label
      self.lower = lower
      self.upper = upper
    }
  }

  public let middle: TimedValues
  /// What the middle is: `median`, `mean`.
  public let middleLabel: String
  /// From the widest to the narrowest.
  public let bands: [Band]

  public init(middle: TimedValues, middleLabel: String = "forecast", bands: [Band]) {
    self.middle = middle
    self.middleLabel = middleLabel
    self.bands = bands
  }

  /// - Parameter outer: How the widest band is tinted.
  func layers(ink: Ink, outer: BandStrength = .outer) -> [Layer] {
    bands.enumerated().map { index, band in
      Layer(
        band.label, ink: ink,
        .band(
          lower: band.lower, upper: band.upper,
          strength: index == bands.count - 1 && bands.count > 1 ? .inner : outer, stepped: false))
    } + [Layer(middleLabel, ink: ink, .line(middle, dashed: true))]
  }
}
