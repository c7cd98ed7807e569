import Domain
import Provisioning

/// One `--growth`: `3`, from the first period on; `3@2027-01-01T00:00:00Z`, from then on (a launch);
/// `3/90d` and `3@2027-01-01T00:00:00Z/90d`, reached in a straight line within that time.
struct GrowthStep: Sendable, Equatable {
  var factor: Double
  /// Nil: the begin of the forecast.
  var from: Timestamp?
  var over: Duration
}

extension GrowthStep {
  /// Nil for anything else.
  init?(parsing text: String) {
    let ramp = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let place = ramp[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let factor = Double(place[0]), factor > 0, factor <= 1000 else { return nil }
    self.init(factor: factor, from: nil, over: .zero)
    if place.count > 1 {
      guard let time = Timestamp(parsing: String(place[1])) else { return nil }
      from = time
    }
    if ramp.count > 1 {
      guard let length = Duration(parsing: String(ramp[1])) else { return nil }
      over = length
    }
  }
}

extension GrowthPlan {
  /// - Parameter start: The begin of the forecast, for steps that name no time.
  init(_ steps: [GrowthStep], start: Timestamp) {
    let constants = steps.filter { $0.from == nil && $0.over == .zero }
    let others = steps.filter { $0.from != nil || $0.over != .zero }
    self.init(
      initial: constants.last?.factor ?? 1,
      changes: others.map { Change(from: $0.from ?? start, factor: $0.factor, over: $0.over) })
  }
}
