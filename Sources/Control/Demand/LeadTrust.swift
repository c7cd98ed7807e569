import Domain
import Forecasting

/// How the model did at the service's own lead time: what it said of each lead window is kept until
/// the window has passed, and held against what came, against what the reaction alone would have
/// provided, and against the season before.
///
/// A model that is left aside leaves the reaction alone, so it is what a bad one is held against. One
/// that is exceeded more often than it says asks for too little, and the reaction alone would ask for
/// still less; one that loses to its seasonal naive rival, and be it over a calm half day for being
/// the wider of the two, may still be better than the reaction. Neither decides, but each may raise
/// the fleet, and the reaction has its own headroom beside it. Left aside is what asks for too much.
struct LeadTrust: Sendable, Equatable {
  /// What was said after one step.
  struct Promise: Sendable, Equatable {
    var quantile: Double
    var naive: Double
    /// What the reaction provides: the newest rate with its headroom.
    var reactive: Double
  }

  static let level = 0.95
  /// Steps that must have been judged before a loss to the naive forecast counts.
  static let fewestSteps = 60

  let lead: LeadWindow
  private(set) var trust: ForecastTrust
  /// Promises whose window has not passed, oldest first: a ring.
  private(set) var promises: [Promise?]
  private(set) var next = 0
  /// The last steps' rates, NaN where unknown: as many as a window is wide.
  private(set) var recent: [Double] = []
  /// The ratio of what came to what the season before had there that is exceeded in one of twenty
  /// steps: what makes a seasonal naive forecast a quantile.
  private(set) var naiveRatio = 1.2
  /// Fading losses of the model and of the seasonal naive forecast.
  private(set) var loss = 0.0
  private(set) var naiveLoss = 0.0
  private(set) var judged = 0
  /// Whether the season before is clearly the better forecast. It is a strong rival here, with a
  /// quantile that follows its own exceedance: on pure seasons with white noise nothing beats it.
  private(set) var losesToNaive = false

  init(lead: LeadWindow, memory: Double, grade: ForecastTrust.Grade) {
    self.lead = lead
    trust = ForecastTrust(level: Self.level, memory: memory, grade: grade)
    promises = Array(repeating: nil, count: lead.last + 1)
  }

  /// How far the forecast may be believed.
  var grade: ForecastTrust.Grade {
    let asksForTooMuch = trust.relativeLoss >= 1 && trust.exceedance <= 1 - Self.level
    if losesToNaive { return asksForTooMuch ? .reactiveOnly : .blended }
    return asksForTooMuch ? trust.grade : max(trust.grade, .blended)
  }

  /// Loss of the model over that of the seasonal naive forecast; 1 where nothing is known.
  var relativeToNaive: Double { naiveLoss > 0 ? loss / naiveLoss : 1 }

  /// Takes in a step: judges the promise whose window it ends, and keeps the next.
  ///
  /// - Parameters:
  ///   - value: The step's rate; nil is unknown.
  ///   - model: As it is after that step.
  ///   - utilization: What the reaction plans with.
  ///   - target: Where the first step of the window that is promised now lies in the seasons.
  mutating func observe(
    _ value: Double?, model: LeadDemand, utilization: Double, target: SeasonPositions
  ) {
    let width = lead.last - lead.first + 1
    recent.append(value ?? .nan)
    if recent.count > width { recent.removeFirst(recent.count - width) }
    if let promise = promises[next] {
      let outcome =
        recent.count == width && !recent.contains { $0.isNaN } ? recent.max() : nil
      judge(promise, outcome: outcome)
    }
    promises[next] = nil
    if let value, let quantile = model.upper(quantile: Self.level, part: model.parts.count - 1) {
      promises[next] = Promise(
        quantile: quantile, naive: model.expected(at: target) ?? value,
        reactive: value / utilization)
    }
    next = next + 1 == promises.count ? 0 : next + 1
  }

  private mutating func judge(_ promise: Promise, outcome: Double?) {
    trust.observe(outcome, quantile: promise.quantile, last: promise.reactive)
    guard let outcome else { return }
    let gain = 1 / min(trust.memory, Double(judged) + trust.memory / 10)
    let naive = promise.naive * naiveRatio
    loss += gain * (Self.pinball(outcome, promise.quantile) - loss)
    naiveLoss += gain * (Self.pinball(outcome, naive) - naiveLoss)
    // A quantile tracked by its own exceedance: up by nineteen steps, down by one.
    naiveRatio *= 1 + 0.02 * (outcome > naive ? Self.level : Self.level - 1)
    naiveRatio = min(max(naiveRatio, 0.5), 10)
    judged = min(judged + 1, 1 << 40)
    guard judged >= Self.fewestSteps else { return }
    if loss > 1.5 * naiveLoss { losesToNaive = true }
    if loss < 1.2 * naiveLoss { losesToNaive = false }
  }

  private static func pinball(_ truth: Double, _ quantile: Double) -> Double {
    truth >= quantile ? level * (truth - quantile) : (1 - level) * (quantile - truth)
  }
}

extension LeadTrust {
  func writeState(to writer: inout StateWriter) {
    writer.write(lead.first)
    writer.write(lead.last)
    trust.writeState(to: &writer)
    for promise in promises {
      writer.write(promise?.quantile)
      guard let promise else { continue }
      writer.write(promise.naive)
      writer.write(promise.reactive)
    }
    writer.write(next)
    writer.write(recent)
    writer.write(naiveRatio)
    writer.write(loss)
    writer.write(naiveLoss)
    writer.write(judged)
    writer.write(losesToNaive)
  }

  init(from reader: inout StateReader) throws(StateError) {
    let first = try reader.readInt()
    let last = try reader.readInt()
    guard (0...LeadWindow.maximumSteps).contains(last), (0...last).contains(first) else {
      throw .inconsistent("an impossible lead window")
    }
    lead = LeadWindow(opens: Double(first), closes: Double(last + 1))
    trust = try ForecastTrust(from: &reader)
    promises = Array(repeating: nil, count: lead.last + 1)
    for index in promises.indices {
      guard let quantile = try reader.readOptionalDouble() else { continue }
      let naive = try reader.readDouble()
      promises[index] = Promise(
        quantile: quantile, naive: naive, reactive: try reader.readDouble())
    }
    next = try reader.readInt()
    recent = try reader.readDoubles()
    naiveRatio = try reader.readDouble()
    loss = try reader.readDouble()
    naiveLoss = try reader.readDouble()
    judged = try reader.readInt()
    losesToNaive = try reader.readBool()
    guard promises.indices.contains(next), recent.count <= promises.count, judged >= 0,
      naiveRatio.isFinite, (loss + naiveLoss).isFinite
    else { throw .inconsistent("a trust's parts contradict each other") }
  }
}
