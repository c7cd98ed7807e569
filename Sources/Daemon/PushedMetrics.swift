public import Domain
import Synchronization

/// The source behind the API: the newest values that were pushed, as long as they are fresh.
public final class PushedMetrics: MetricSource {
  private struct Newest {
    var time: Timestamp
    var value: Double
  }

  private let newest = Mutex<[ServiceID: [Sample.Metric: Newest]]>([:])
  private let freshness: Duration

  /// - Parameter freshness: How old a pushed value may be before it is unknown.
  public init(freshness: Duration = .seconds(60)) { self.freshness = freshness }

  /// Takes samples that were stored.
  public func take(_ samples: [Sample]) {
    newest.withLock { newest in
      for sample in samples {
        let known = newest[sample.service]?[sample.metric]
        if let known, known.time >= sample.time { continue }
        newest[sample.service, default: [:]][sample.metric] = Newest(
          time: sample.time, value: sample.value)
      }
    }
  }

  public func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    newest.withLock { newest in
      services.map { service in
        var reading = MetricReading()
        reading.rate = fresh(newest[service]?[.rate], at: time)
        reading.queue = fresh(newest[service]?[.queue], at: time)
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

  private func fresh(_ newest: Newest?, at time: Timestamp) -> Double? {
    guard let newest, time.since(newest.time) <= freshness else { return nil }
    return newest.value
  }
}
