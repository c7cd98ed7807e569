public import Domain

/// Plays recorded traces as if they happened now: the metrics of a demonstration or a rehearsal.
///
/// It knows rates only. The queue depends on the fleet that serves, so whoever simulates the fleet
/// adds it (`SimulatedCloud.metrics(over:)`).
public struct ReplaySource: MetricSource {
  private let traces: [ServiceID: ReplayTrace]

  public init(_ traces: [ServiceID: ReplayTrace]) { self.traces = traces }

  public func trace(of service: ServiceID) -> ReplayTrace? { traces[service] }

  /// What arrives at the services, for a simulated cloud.
  public var demand: SimulatedCloud.Demand {
    { [traces] service, from, to in traces[service]?.rate(from: from, to: to) }
  }

  public func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    services.map { service in
      guard let trace = traces[service] else {
        return MetricReading(problem: "no trace is played for \(service)")
      }
      guard let rate = trace.rate(at: time) else {
        return MetricReading(
          problem: time < trace.start
            ? "the trace starts at \(trace.start)" : "the trace has a gap here")
      }
      return MetricReading(rate: rate)
    }
  }

  /// Nil for a service without a trace; empty before the trace's start.
  public func history(
    of service: ServiceID, from: Timestamp, to: Timestamp
  ) async throws(SourceError) -> TimeSeries? {
    traces[service]?.history(from: from, to: to)
  }
}
