/// The need of every hour, sorted from the highest to the lowest, and the level that is committed to.
///
/// Under both the curve and the line: committed and used. Above the line: bought on demand. Under
/// the line and over the curve: committed and idle. Each is tinted and named in the picture.
public struct DurationCurve: Picture {
  public let caption: Caption
  /// Descending; unknown values are left out.
  public let values: [Double]
  /// Where the curve lies in most futures; nil where there is only one.
  public let envelope: Envelope?
  public let unit: String
  /// In `unit`; nil draws the curve alone.
  public let commitment: Double?

  /// The edges of a band around the curve, descending, as many as values.
  public struct Envelope: Sendable, Equatable {
    public let lower: [Double]
    public let upper: [Double]
  }

  /// - Parameters:
  ///   - values: one per hour (or other equal period), in any order.
  ///   - lower, upper: the band, in any order; left out unless there is one of each per value.
  ///   - words: said before the figures in the summary.
  public init(
    identifier: String, title: String = "How often how much is needed", values: [Double],
    unit: String, lower: [Double] = [], upper: [Double] = [], commitment: Double? = nil,
    words: String = ""
  ) {
    self.values = values.filter(\.isFinite).sorted(by: >)
    self.unit = unit
    self.commitment = commitment.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    let edges = Envelope(
      lower: lower.filter(\.isFinite).sorted(by: >), upper: upper.filter(\.isFinite).sorted(by: >))
    let count = self.values.count
    envelope = edges.lower.count == count && edges.upper.count == count && count > 0 ? edges : nil
    let figures = Self.summary(self.values, unit: unit, commitment: self.commitment)
    caption = Caption(
      identifier: identifier, title: title, summary: words.isEmpty ? figures : words + " " + figures
    )
  }

  /// How much of the need the commitment serves, and how much of the commitment is used; each NaN
  /// where there is nothing to divide by.
  static func use(_ values: [Double], commitment: Double) -> (coverage: Double, utilisation: Double)
  {
    var served = 0.0
    var needed = 0.0
    for value in values {
      served += min(value, commitment)
      needed += value
    }
    return (served / needed, served / (commitment * Double(values.count)))
  }

  private static func summary(_ values: [Double], unit: String, commitment: Double?) -> String {
    guard let highest = values.first, let lowest = values.last else { return "No values." }
    var text =
      "Between \(CompactNumber.text(lowest)) and \(CompactNumber.text(highest)) \(unit)."
    if let commitment, commitment > 0 {
      let use = use(values, commitment: commitment)
      text +=
        " A commitment of \(CompactNumber.text(commitment)) serves "
        + "\(CompactNumber.percent(use.coverage)) of the need and is "
        + "\(CompactNumber.percent(use.utilisation)) used."
    }
    return text
  }

  public var table: DataTable {
    let shares = [0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]
    return DataTable(
      headings: ["Share of the time", "At least, \(unit)"],
      rows: values.isEmpty
        ? []
        : shares.map { share in
          let index = Int((share * Double(values.count - 1)).rounded())
          return [CompactNumber.percent(share), CompactNumber.text(values[index])]
        })
  }
}
