import RealModule

/// The demand of one service as its control law needs it: upper quantiles of the highest demand
/// within the lead window, always at now.
///
/// Every step the model is told the step's mean rate. It then knows, for the next step, for the
/// middle of the way, and for what an order placed now will serve, the quantiles of the highest step
/// mean in that part; `upper(quantile:)` is the largest of the three, so that capacity is kept which
/// will be wanted again within its own boot time.
///
/// Scale-equivariant: three times the rates give three times the quantiles. The state is bounded by
/// the lead and the seasons (31 KB with a day and a week of half minutes), `advance` costs O(1)
/// amortised and allocates nothing.
///
/// - Note: Linear quantile regression of centre and spread (He 1997, doi:10.1080/00031305.1997.10473959,
///   restricted quantiles that cannot cross) with a pooled tail.
public struct LeadDemand: Sendable, Equatable {
  public let lead: LeadWindow
  public let seasons: Seasons

  /// What the last fit learnt; nil before the first: there are no quantiles then.
  public private(set) var coefficients: LeadCoefficients?
  let features: LeadFeatures
  private(set) var recent: RecentDemand
  private(set) var memory: SeasonMemory
  private(set) var positions = SeasonPositions()
  /// Steps since the newest known one.
  private(set) var unknownSteps = 0
  /// The largest rate ever seen.
  private(set) var largest = 0.0
  private var answers: [Answer] = []

  /// What is known of one part of the window: everything but the level.
  private struct Answer: Sendable, Equatable {
    var centre: Double
    var spread: Double
  }

  /// Known values needed before anything is answered.
  static let fewestValues = 16
  /// No quantile is larger than this many times the largest rate ever seen.
  static let largestMultiple = 4.0
  /// Rates beyond this are no rates.
  static let largestRate = 1e30

  /// A model that has seen nothing and was fitted to nothing.
  public init(lead: LeadWindow, seasons: Seasons) {
    self.lead = lead
    self.seasons = seasons
    features = LeadFeatures(lead: lead, seasons: seasons)
    recent = RecentDemand(capacity: features.scales.longest, offset: 1e-9)
    memory = SeasonMemory(seasons)
  }

  /// Moves on by one step.
  ///
  /// - Parameters:
  ///   - rate: The step's mean rate, 0 … 1e30. nil, NaN and others are unknown: the model moves on,
  ///     and what it knew stays in its windows. After a gap longer than the longest window it starts
  ///     anew, but for the seasons.
  ///   - positions: Where the step lies in each season.
  public mutating func advance(_ rate: Double?, at positions: SeasonPositions) {
    learn(rate, at: positions)
    answer()
  }

  /// Moves on without working out the answers.
  mutating func learn(_ rate: Double?, at positions: SeasonPositions) {
    self.positions = positions
    guard let rate, Self.isKnown(rate) else {
      unknownSteps = min(unknownSteps + 1, Int.max - 1)
      return
    }
    if isForgotten { recent.forget() }
    recent.append(rate, isAdjacent: unknownSteps == 0)
    unknownSteps = 0
    memory.append(rate, at: positions)
    largest = max(largest, rate)
  }

  /// The scale of logarithms to learn on before the first fit.
  mutating func setOffset(_ offset: Double) { recent.setOffset(offset) }

  static func isKnown(_ rate: Double) -> Bool { rate >= 0 && rate <= largestRate }

  /// Takes over what a fit learnt, at once. Coefficients for another lead window or other seasons
  /// are refused.
  ///
  /// - Returns: Whether they fit this model.
  @discardableResult
  public mutating func adopt(_ coefficients: LeadCoefficients) -> Bool {
    guard coefficients.parts.count == features.parts.count,
      coefficients.parts.allSatisfy({
        $0.centre.count == features.count && $0.upper.count == features.count
      })
    else { return false }
    self.coefficients = coefficients
    recent.setOffset(coefficients.offset)
    answer()
    return true
  }

  /// The rate that the demand within the lead window exceeds with probability 1 − `quantile`.
  ///
  /// - Parameter quantile: 0 … 1; clamped to 1 − 1e-9.
  /// - Returns: Finite, ≥ 0, not decreasing in `quantile`; nil while the model was never fitted, or
  ///   has seen nothing for longer than its longest window.
  public func upper(quantile: Double) -> Double? {
    guard !answers.isEmpty else { return nil }
    let depth = Self.depth(of: quantile)
    var largest = 0.0
    for part in answers.indices { largest = max(largest, rate(part: part, depth: depth)) }
    return largest
  }

  /// The rate that keeps the share of moments in which demand exceeds it at `share` for the least
  /// capacity, averaged over all moments: where demand is spread wider, a higher level costs more, so
  /// it is exceeded more often there, and more rarely in calm ones.
  ///
  /// With exponential tails the last replica spares the same everywhere when the probability of being
  /// exceeded is proportional to the spread. The probability is at most e times and at least 1/e of
  /// `share`, and never above a half.
  ///
  /// - Parameter share: 0 … 1; at least 1e-9.
  /// - Returns: As `upper(quantile:)`; not increasing in `share`.
  public func upper(spending share: Double) -> Double? {
    guard let coefficients, !answers.isEmpty else { return nil }
    let depth = Self.depth(of: 1 - share)
    var largest = 0.0
    for (number, part) in coefficients.parts.enumerated() {
      // Log(2) is the depth of the median, which stays where it is.
      let beyondMedian = min(max(depth - Self.medianDepth, 0), 1)
      let dearness = min(max(Double.log(answers[number].spread / part.meanSpread), -1), 1)
      largest = max(largest, rate(part: number, depth: depth - beyondMedian * dearness))
    }
    return largest
  }

  /// The same for one part of the window: 0 is the next step, the last is what an order placed now
  /// will serve.
  public func upper(quantile: Double, part: Int) -> Double? {
    guard answers.indices.contains(part) else { return nil }
    return rate(part: part, depth: Self.depth(of: quantile))
  }

  /// The parts of the lead window, in steps after the newest one.
  public var parts: [ClosedRange<Int>] { features.parts }

  /// The largest probability over the window's parts that demand exceeds `rate` there; nil when
  /// `upper` is nil.
  public func probability(exceeding rate: Double) -> Double? {
    guard let coefficients, !answers.isEmpty else { return nil }
    let logarithm = Double.log(max(0, rate) + coefficients.offset)
    var largest = 0.0
    for (answer, part) in zip(answers, coefficients.parts) {
      let error = (logarithm - answer.centre) / answer.spread
      largest = max(largest, Double.exp(-part.tail.depth(of: error)))
    }
    return largest
  }

  /// What the seasons say of a step: the mean of what they had there the last time round; nil where
  /// none was seen.
  public func expected(at positions: SeasonPositions) -> Double? {
    memory.expected(at: positions)
  }

  private static let medianDepth = depth(of: 0.5)

  private static func depth(of quantile: Double) -> Double {
    quantile.isNaN ? 0 : -Double.log(1 - min(max(quantile, 0), 1 - 1e-9))
  }

  private func rate(part: Int, depth: Double) -> Double {
    guard let coefficients else { return 0 }
    let answer = answers[part]
    let error = coefficients.parts[part].tail.value(atDepth: depth)
    let cap = Self.largestMultiple * largest
    let exponent = min(answer.centre + answer.spread * error, 700)
    return min(max(Double.exp(exponent) - coefficients.offset, 0), cap)
  }

  private var isForgotten: Bool { unknownSteps > features.scales.longest }

  private mutating func answer() {
    guard let coefficients, !isForgotten, recent.count >= Self.fewestValues else {
      answers.removeAll(keepingCapacity: true)
      return
    }
    while answers.count < features.parts.count { answers.append(Answer(centre: 0, spread: 1)) }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: LeadFeatures.maximum) { values in
      let base = features.fill(values, from: recent, reference: coefficients.reference)
      for (number, part) in coefficients.parts.enumerated() {
        features.fillSeasons(
          values, part: number, from: memory, after: positions, base: base,
          offset: coefficients.offset)
        var centre = 0.0
        var upper = 0.0
        for index in 0..<features.count {
          centre += values[index] * part.centre[index]
          upper += values[index] * part.upper[index]
        }
        answers[number].centre = base + centre
        answers[number].spread = max(upper - centre, LeadCoefficients.Part.smallestSpread)
      }
    }
    // Only a state restored from altered bytes gets here.
    if !answers.allSatisfy({ $0.centre.isFinite && $0.spread.isFinite }) {
      answers.removeAll(keepingCapacity: true)
    }
  }
}

extension LeadDemand {
  private static let stateTag: UInt8 = 0x4c

  /// Writes everything; `init(from:)` gives back a model that is equal to the bit.
  public func writeState(to writer: inout StateWriter) {
    writer.write(tag: Self.stateTag, version: 3)
    writer.write(lead.first)
    writer.write(lead.last)
    writer.write(seasons.count)
    for length in seasons.lengths { writer.write(length) }
    recent.writeState(to: &writer)
    memory.writeState(to: &writer)
    for season in 0..<seasons.count { writer.write(positions[season]) }
    writer.write(unknownSteps)
    writer.write(largest)
    writer.write(coefficients != nil)
    coefficients?.writeState(to: &writer)
  }

  /// Reads a model that `writeState(to:)` wrote.
  ///
  /// - Throws: `StateError`, also when the parts are all there but contradict each other or are not
  ///   finite.
  public init(from reader: inout StateReader) throws(StateError) {
    try reader.read(tag: Self.stateTag, versions: 3...3)
    let first = try reader.readInt()
    let last = try reader.readInt()
    guard (0...LeadWindow.maximumSteps).contains(first),
      (first...LeadWindow.maximumSteps).contains(last)
    else { throw .inconsistent("an impossible lead window") }
    let seasonCount = try reader.readCount(elementSize: 8)
    var lengths: [Int] = []
    for _ in 0..<min(seasonCount, SeasonPositions.capacity + 1) {
      lengths.append(try reader.readInt())
    }
    guard let seasons = Seasons(lengths) else {
      throw .inconsistent("seasons of impossible length or number")
    }
    self.init(
      lead: LeadWindow(opens: Double(first), closes: Double(last + 1)), seasons: seasons)
    recent = try RecentDemand(from: &reader)
    guard recent.capacity == features.scales.longest else {
      throw .inconsistent("the recent demand does not fit the lead window")
    }
    try memory.readState(from: &reader)
    for season in 0..<seasons.count { positions[season] = try reader.readInt() }
    unknownSteps = try reader.readInt()
    largest = try reader.readDouble()
    guard unknownSteps >= 0, unknownSteps < Int.max, largest >= 0, largest.isFinite else {
      throw .inconsistent("a count or rate is out of range")
    }
    if try reader.readBool() {
      let coefficients = try LeadCoefficients(
        from: &reader, features: features.count, parts: features.parts.count)
      guard coefficients.offset == recent.offset else {
        throw .inconsistent("coefficients on another scale than the recent demand")
      }
      self.coefficients = coefficients
    }
    answer()
  }
}
