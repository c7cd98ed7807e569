/// Which series of a remote-write sender are whose rate, queue or replicas.
///
/// A series is taken if its metric's name is listed here and it carries the service's name in one
/// label; every other series is passed over. One series feeds one service and metric: what has to
/// be added up is added up by the sender, in a recording rule.
public struct RemoteWriteMapping: Sendable, Equatable {
  /// What the values of a metric are.
  public enum Meaning: String, Sendable, CaseIterable {
    /// Requests per second.
    case rate
    /// A counter of requests, which becomes a rate between two samples.
    case requests
    /// Requests waiting.
    case queue
    /// Replicas serving.
    case ready
  }

  /// The label whose value is the service's name.
  public var serviceLabel: String
  /// The label in which redundant senders of the same series differ; of those the first is heard.
  public var replicaLabel: String
  /// Meanings by metric name.
  public var metrics: [String: Meaning]

  /// - Parameter metrics: Meanings by metric name; the default takes `rate`, `requests_total`, `queue`
  ///   and `ready`.
  public init(
    serviceLabel: String = "service", replicaLabel: String = "__replica__",
    metrics: [String: Meaning] = [
      "rate": .rate, "requests_total": .requests, "queue": .queue, "ready": .ready,
    ]
  ) {
    self.serviceLabel = serviceLabel
    self.replicaLabel = replicaLabel
    self.metrics = metrics
  }
}
