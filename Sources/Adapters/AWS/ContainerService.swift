import Domain

/// An ECS service as `DescribeServices` shows it.
struct ContainerService: Decodable, Sendable, Equatable {
  struct Deployment: Decodable, Sendable, Equatable {
    var status: String?
  }

  var serviceName: String
  /// `ACTIVE`, `DRAINING` or `INACTIVE`.
  var status: String?
  var desiredCount: Int
  var runningCount: Int
  /// `REPLICA`, or `DAEMON` for one task per machine.
  var schedulingStrategy: String?
  var deployments: [Deployment]?

  /// Why there is nothing to read or to command; nil for a service that can be scaled.
  var obstacle: String? {
    if let status, status != "ACTIVE" { return "the service \(serviceName) is \(status)" }
    if schedulingStrategy == "DAEMON" {
      return "the service \(serviceName) runs one task per machine and has no size"
    }
    let counts = 0...1_000_000
    guard counts.contains(desiredCount), counts.contains(runningCount) else {
      return "the service \(serviceName) shows an impossible count"
    }
    return nil
  }

  /// One deployment is the rule; a second one replaces it.
  var isRollingOut: Bool? { deployments.map { $0.count > 1 } }
}

/// Reads and writes ECS services.
struct ContainerServices: Sendable {
  let client: AWSJSONClient
  let limiter: CallLimiter

  /// As many as one call takes.
  static let perCall = 10

  /// At most ten names of one cluster; a service that is not there is left out.
  func describe(
    _ names: [String], in cluster: String
  ) async throws(CloudError) -> [ContainerService] {
    struct Input: Encodable {
      var cluster: String
      var services: [String]
    }
    struct Answer: Decodable, Sendable {
      var services: [ContainerService]
    }
    guard await limiter.acquire(.reading, deadline: ScalableTargets.timeLimit) else {
      throw .unavailable("the account's calls are used up", retryAfter: nil)
    }
    return try await client.call(
      "DescribeServices", Input(cluster: cluster, services: names), as: Answer.self,
      deadline: ScalableTargets.timeLimit, retry: RetryPolicy()
    ).services
  }

  /// Changes the number of tasks and nothing else, which begins no deployment.
  func setSize(
    _ replicas: Int, of name: String, in cluster: String, deadline: Duration
  ) async throws(CloudError) {
    struct Input: Encodable {
      var cluster: String
      var service: String
      var desiredCount: Int
    }
    _ = try await client.call(
      "UpdateService", Input(cluster: cluster, service: name, desiredCount: replicas),
      as: AWSJSONClient.Nothing.self, deadline: deadline, retry: .writes)
  }
}
