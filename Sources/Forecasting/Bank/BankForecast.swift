/// What a `ForecastBank` expects of the coming steps.
public struct BankForecast: Sendable, Equatable {
  /// What the history was long enough for.
  public enum Ladder: String, Sendable, Equatable {
    /// Seasons were modelled.
    case seasonal
    /// History shorter than two of the shortest season, or no season asked for: a level only.
    case level
  }

  /// Expected value per step, in units of the series: what sums and money want.
  public let mean: [Double]
  /// Median per step: what absolute errors want.
  public let median: [Double]
  /// Levels of the quantiles, ascending, in 0.001 … 0.999.
  public let levels: [Double]
  /// Per step, one value per level: never decreasing, never negative.
  public let quantiles: [[Double]]
  /// Seasons that were modelled.
  public let seasons: Seasons
  /// Windows in the past that were forecast to weigh the candidates; 0 for a short history, whose
  /// quantiles are then a guess from its own changes.
  public let windows: Int
  /// How every candidate did, those that could not be fitted included.
  public let candidates: [CandidateReport]
  /// Whether a forecast had to be cut down to three times what the history rarely exceeds.
  public let isSuspect: Bool
  /// The Holt-Winters model after the last value, to be advanced in service; nil if it failed.
  public let backbone: HoltWinters?

  public var ladder: Ladder { seasons.count > 0 ? .seasonal : .level }

  let spread: PredictiveQuantiles
  private let ceiling: Double

  init(
    centres: [Double], levels: [Double], spread: PredictiveQuantiles, ceiling: Double,
    seasons: Seasons, windows: Int, candidates: [CandidateReport], backbone: HoltWinters?
  ) {
    self.levels = levels.map { $0.isNaN ? 0.5 : min(max($0, 0.001), 0.999) }.sorted()
    self.spread = spread
    self.ceiling = ceiling
    self.seasons = seasons
    self.windows = windows
    self.candidates = candidates
    self.backbone = backbone
    isSuspect = centres.contains { $0 > ceiling }
    let median = centres.map { min($0, ceiling) }
    self.median = median
    let wanted = self.levels
    quantiles = median.indices.map { step in
      wanted.map { min(spread.quantile($0, of: median[step], horizon: step), ceiling) }
    }
    mean = median.indices.map { step in
      var sum = 0.0
      for part in 0..<Self.meanParts {
        let level = (Double(part) + 0.5) / Double(Self.meanParts)
        sum += min(spread.quantile(level, of: median[step], horizon: step), ceiling)
      }
      return sum / Double(Self.meanParts)
    }
  }

  /// Equal parts of the distribution whose middles make the mean.
  private static let meanParts = 50

  /// The value of a step that a share of outcomes does not exceed.
  ///
  /// - Parameters:
  ///   - level: Clamped to 0.001 … 0.999.
  ///   - step: 0 is the first step; outside the horizon the result is nil.
  public func quantile(_ level: Double, step: Int) -> Double? {
    guard median.indices.contains(step), !level.isNaN else { return nil }
    let wanted = min(max(level, 0.001), 0.999)
    return min(spread.quantile(wanted, of: median[step], horizon: step), ceiling)
  }

  /// Possible futures: each step's values over all paths follow its quantiles, and neighbouring steps
  /// err together as much as they did in the past, so sums over a path are those of a future.
  ///
  /// - Parameters:
  ///   - count: How many; none if it is not positive.
  ///   - seed: The same seed gives the same paths.
  /// - Returns: Per path one value per step, in units of the series.
  public func paths(count: Int, seed: UInt64) -> [[Double]] {
    var noise = NormalNoise(seed: seed)
    let persistence = spread.persistence
    let fresh = (1 - persistence * persistence).squareRoot()
    return (0..<max(0, count)).map { _ in
      var score = noise.next()
      return median.indices.map { step in
        if step > 0 { score = persistence * score + fresh * noise.next() }
        let level = min(max(Normal.distribution(score), 0.001), 0.999)
        return min(spread.quantile(level, of: median[step], horizon: step), ceiling)
      }
    }
  }
}
