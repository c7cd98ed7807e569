import Control
import Domain
import Forecasting
import Simulation

/// One announced event in all futures: how high it turns out to be in each.
///
/// The services that an event concerns meet it in the same size, since what is not known of a sale is
/// mostly the sale; every occurrence turns out anew.
struct EventFutures {
  private let event: AnnouncedEvent
  private let span: TimeSpan
  private let uplift: EventUplift
  /// Per path, the standard deviations from what is expected; empty if the multiplier is exact.
  private let scores: [Double]

  /// - Parameter seed: The request's, so that all services draw the same.
  init(_ event: AnnouncedEvent, uplift: EventUplift, count: Int, seed: UInt64) {
    self.event = event
    span = event.span
    self.uplift = uplift
    guard uplift.uncertainty > 0 else {
      scores = []
      return
    }
    let occurrence = UInt64(bitPattern: event.from.seconds) &* 0x9E37_79B9_7F4A_7C15
    var random = SplitMix64(seed: seed ^ ServiceForecaster.number(of: event.name) ^ occurrence)
    scores = (0..<count).map { _ in random.normal() }
  }

  /// Multiplies the hour that begins at `begin` by the mean of the event's factor over it, which is
  /// taken at six places.
  func apply(
    to demand: UnsafeMutableBufferPointer<Float>, _ row: Range<Int>, hour begin: Timestamp
  ) {
    guard span.from < begin + .seconds(3600), span.to > begin else { return }
    let places = (0..<6).map { begin + .seconds(300 + 600 * $0) }
    guard event.isLearned || uplift.uncertainty > 0 else {
      let factor = places.reduce(0) { $0 + event.factor(at: $1) } / 6
      for place in row { demand[place] *= Float(factor) }
      return
    }
    let shares = places.map { event.share(at: $0) }
    for (path, place) in row.enumerated() {
      let score = scores.isEmpty ? 0 : scores[path]
      let sum = shares.reduce(0) { $0 + uplift.factor(share: $1, score: score) }
      demand[place] *= Float(sum / 6)
    }
  }
}
