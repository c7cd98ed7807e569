public import Domain
import Synchronization

/// The source behind the API: the newest values that were pushed, as long as they are fresh.
public final class PushedMetrics: MetricSource {
  /// A service's newest values; what serves is not among them, platforms tell that.
  private struct Newest {
    var rate: (time: Timestamp, value: Double)?
    var queue: (time: Timestamp, value: Double)?
  }

  private let newest = Mutex<[ServiceID: Newest]>([:])
  private let freshness: Duration

  /// - Parameter freshness: How old a pushed value may be before it is unknown.
  public init(freshness: Duration = .seconds(60)) { self.freshness = freshness }

  /// Takes those of the samples that were stored.
  ///
  /// - Parameter refusals: one entry per sample, nil for stored.
  public func take(_ samples: [Sample], _ refusals: [SampleRefusal?]) {
    newest.withLock { newest in
      for (sample, refusal) in zip(samples, refusals) where refusal == nil {
        switch sample.metric {
        case .rate: Self.move(&newest[sample.service, default: Newest()].rate, to: sample)
        case .queue: Self.move(&newest[sample.service, default: Newest()].queue, to: sample)
        case .ready: break
        }
      }
    }
  }

  private static func move(_ known: inout (time: Timestamp, value: Double)?, to sample: Sample) {
    if let known, known.time >= sample.time { return }
    known = (sample.time, sample.value)
  }

  public func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    newest.withLock { newest in
      services.map { service in
        var reading = MetricReading()
        reading.rate = fresh(newest[service]?.rate, at: time)
        reading.queue = fresh(newest[service]?.queue, at: time)
        if reading.rate == nil {
          reading.problem = "nothing was pushed for \(service) within \(freshness.shortText)"
        }
        return reading
      }
    }
  }

  public func history(of service: ServiceID, from: Timestamp, to: Timestamp)
    async
    throws(SourceError) -> TimeSeries?
  {
    nil
  }

  public func historyGroups(of services: [ServiceID]) -> [[ServiceID]] { [] }

  private func fresh(_ newest: (time: Timestamp, value: Double)?, at time: Timestamp) -> Double? {
    guard let newest, time.since(newest.time) <= freshness else { return nil }
    return newest.value
  }
}
