public import Domain

/// A source's rates together with the queues of a simulated cloud: what a load balancer in front of
/// the simulated fleets would report.
public struct SimulatedMetrics: MetricSource {
  private let rates: any MetricSource
  private let cloud: SimulatedCloud

  init(rates: any MetricSource, cloud: SimulatedCloud) {
    self.rates = rates
    self.cloud = cloud
  }

  public func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    let readings = await rates.observe(services, at: time, deadline: deadline)
    return zip(services, readings).map { service, reading in
      var reading = reading
      reading.queue = cloud.queue(of: service, at: time) ?? reading.queue
      return reading
    }
  }

  public func history(
    of service: ServiceID, from: Timestamp, to: Timestamp
  ) async throws(SourceError) -> TimeSeries? {
    try await rates.history(of: service, from: from, to: to)
  }
}

extension SimulatedCloud {
  /// `rates` with the queue of each simulated service added.
  public func metrics(over rates: any MetricSource) -> SimulatedMetrics {
    SimulatedMetrics(rates: rates, cloud: self)
  }
}
