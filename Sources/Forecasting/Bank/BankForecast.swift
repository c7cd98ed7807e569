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
  /// The Holt-Winters model after the last value, on the scale that lost least over the windows, to be
  /// advanced in service; nil if none could be fitted.
  public let backbone: HoltWinters?
  /// The events that raised the steps, see `raised(by:)`; none unless asked for.
  public let events: [StepUplifts]

  public var ladder: Ladder { seasons.count > 0 ? .seasonal : .level }

  let spread: PredictiveQuantiles
  private let ceiling: Double
  /// What was forecast before events raised it and the ceiling cut it.
  private let centres: [Double]
  private let raises: [StepRaise]

  init(
    centres: [Double], levels: [Double], spread: PredictiveQuantiles, ceiling: Double,
    seasons: Seasons, windows: Int, candidates: [CandidateReport], backbone: HoltWinters?,
    events: [StepUplifts] = []
  ) {
    self.levels = levels.map { $0.isNaN ? 0.5 : min(max($0, 0.001), 0.999) }.sorted()
    self.spread = spread
    self.centres = centres
    self.events = events
    let raises = StepRaise.steps(events, count: centres.count)
    self.raises = raises
    self.ceiling = ceiling
    self.seasons = seasons
    self.windows = windows
    self.candidates = candidates
    self.backbone = backbone
    isSuspect = centres.contains { $0 > ceiling }
    let plain = centres.map { min($0, ceiling) }
    median = plain.indices.map { plain[$0] * raises[$0].factor(score: 0) }
    let wanted = self.levels
    quantiles = plain.indices.map { step in
      wanted.map {
        min(spread.quantile($0, of: plain[step], horizon: step), ceiling)
          * raises[step].factor(score: Normal.quantile($0))
      }
    }
    mean = plain.indices.map { step in
      var sum = 0.0
      for part in 0..<Self.meanParts {
        let level = (Double(part) + 0.5) / Double(Self.meanParts)
        sum += min(spread.quantile(level, of: plain[step], horizon: step), ceiling)
      }
      return sum / Double(Self.meanParts) * raises[step].meanFactor
    }
  }

  /// The same forecast with what events add to its steps; those of an earlier call are replaced.
  ///
  /// A quantile is moved as if the event erred on the same side as everything else: on the safe side
  /// above the median. The ceiling of what is plausible is that of the steps without events.
  public func raised(by events: [StepUplifts]) -> BankForecast {
    BankForecast(
      centres: centres, levels: levels, spread: spread, ceiling: ceiling, seasons: seasons,
      windows: windows, candidates: candidates, backbone: backbone, events: events)
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
    return value(wanted, score: Normal.quantile(wanted), step: step)
  }

  private func value(_ level: Double, score: Double, step: Int) -> Double {
    let centre = min(centres[step], ceiling)
    return min(spread.quantile(level, of: centre, horizon: step), ceiling)
      * raises[step].factor(score: score)
  }

  /// Possible futures: each step's values over all paths follow its quantiles, and the steps of a path
  /// err together as much as they did in the past, so sums over a path are those of a future. What is
  /// not known of events is one draw per path.
  ///
  /// - Parameters:
  ///   - count: How many; none if it is not positive.
  ///   - seed: The same seed gives the same paths.
  /// - Returns: Per path one value per step, in units of the series.
  public func paths(count: Int, seed: UInt64) -> [[Double]] {
    var noise = NormalNoise(seed: seed)
    let dependence = spread.dependence
    let fresh = (1 - dependence.fading * dependence.fading).squareRoot()
    let sharedPart = dependence.shared.squareRoot()
    let ownPart = (1 - dependence.shared).squareRoot()
    let hasEvents = !events.isEmpty
    return (0..<max(0, count)).map { _ in
      let shared = noise.next()
      let event = hasEvents ? noise.next() : 0
      var own = noise.next()
      return median.indices.map { step in
        if step > 0 { own = dependence.fading * own + fresh * noise.next() }
        let share = Normal.distribution(sharedPart * shared + ownPart * own)
        return value(min(max(share, 0.001), 0.999), score: event, step: step)
      }
    }
  }
}
