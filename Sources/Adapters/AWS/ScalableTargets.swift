import Domain

/// A resource that Application Auto Scaling scales, with the bounds that it keeps.
struct ScalableTarget: Decodable, Sendable, Equatable {
  struct Suspension: Decodable, Sendable, Equatable {
    var dynamicScalingInSuspended: Bool?
    var dynamicScalingOutSuspended: Bool?
    var scheduledScalingSuspended: Bool?
  }

  var resourceId: String
  var minCapacity: Int
  var maxCapacity: Int
  var suspendedState: Suspension?

  /// Whether policies change the size, in one direction at least.
  var isScaled: Bool {
    suspendedState?.dynamicScalingInSuspended != true
      || suspendedState?.dynamicScalingOutSuspended != true
  }

  var followsPlans: Bool { suspendedState?.scheduledScalingSuspended != true }
}

/// Application Auto Scaling for one kind of resource: bounds and scheduled actions.
struct ScalableTargets: Sendable {
  let client: AWSJSONClient
  let limiter: CallLimiter
  /// Such as `ecs`.
  let namespace: String
  /// Such as `ecs:service:DesiredCount`.
  let dimension: String

  static let timeLimit: Duration = .seconds(15)
  /// As many as one answer holds.
  private static let perPage = 50

  /// Nothing for a resource that was never registered.
  func describe(_ ids: [String]) async throws(CloudError) -> [ScalableTarget] {
    struct Input: Encodable {
      var serviceNamespace: String
      var resourceIds: [String]
      var scalableDimension: String
    }
    struct Answer: Decodable, Sendable {
      var scalableTargets: [ScalableTarget]
    }
    var found: [ScalableTarget] = []
    for start in stride(from: 0, to: ids.count, by: Self.perPage) {
      let part = Array(ids[start..<min(ids.count, start + Self.perPage)])
      try await wait(.reading)
      let answer = try await client.call(
        "DescribeScalableTargets",
        Input(
          serviceNamespace: namespace, resourceIds: part, scalableDimension: dimension),
        as: Answer.self, deadline: Self.timeLimit, retry: RetryPolicy())
      found += answer.scalableTargets
    }
    return found
  }

  /// Sets the lower bound and leaves everything else as it is. A size below it is lifted at once.
  func setFloor(_ replicas: Int, of id: String, deadline: Duration) async throws(CloudError) {
    struct Input: Encodable {
      var serviceNamespace: String
      var resourceId: String
      var scalableDimension: String
      var minCapacity: Int
    }
    _ = try await client.call(
      "RegisterScalableTarget",
      Input(
        serviceNamespace: namespace, resourceId: id, scalableDimension: dimension,
        minCapacity: replicas),
      as: AWSJSONClient.Nothing.self, deadline: deadline, retry: .writes)
  }

  /// Leaves `actions` in place of ours that were there before. What is the same is not sent; new ones
  /// are written before old ones go, so that a failure in between leaves too many, never too few.
  func replace(_ actions: [PlannedAction], of id: String) async throws(CloudError) {
    struct Input: Encodable {
      struct Action: Encodable {
        var minCapacity: Int
      }

      var serviceNamespace: String
      var resourceId: String
      var scalableDimension: String
      var scheduledActionName: String
      var schedule: String
      var scalableTargetAction: Action
    }
    let held = try await actionsHeld(for: id)
    for action in actions where !held.contains(action) {
      try await wait(.growth)
      _ = try await client.call(
        "PutScheduledAction",
        Input(
          serviceNamespace: namespace, resourceId: id, scalableDimension: dimension,
          scheduledActionName: action.name,
          schedule: "at(\(action.from.description.dropLast()))",
          scalableTargetAction: .init(minCapacity: action.replicas)),
        as: AWSJSONClient.Nothing.self, deadline: Self.timeLimit, retry: RetryPolicy())
    }
    for old in held where !actions.contains(where: { $0.name == old.name }) {
      try await delete(old.name, of: id)
    }
  }

  /// Our scheduled actions that the resource has.
  func actionsHeld(for id: String) async throws(CloudError) -> [PlannedAction] {
    struct Input: Encodable {
      var serviceNamespace: String
      var resourceId: String
      var scalableDimension: String
      var maxResults = ScalableTargets.perPage
      var nextToken: String?
    }
    struct Answer: Decodable, Sendable {
      struct Action: Decodable, Sendable {
        struct Capacity: Decodable, Sendable {
          var minCapacity: Int?
        }

        var scheduledActionName: String
        var schedule: String
        var scalableTargetAction: Capacity?
      }

      var scheduledActions: [Action]
      var nextToken: String?
    }
    var held: [PlannedAction] = []
    var token: String?
    repeat {
      try await wait(.reading)
      let answer = try await client.call(
        "DescribeScheduledActions",
        Input(
          serviceNamespace: namespace, resourceId: id, scalableDimension: dimension,
          nextToken: token),
        as: Answer.self, deadline: Self.timeLimit, retry: RetryPolicy())
      for action in answer.scheduledActions where PlannedAction.isOurs(action.scheduledActionName) {
        let time = action.schedule.split(whereSeparator: { "()".contains($0) }).last ?? ""
        held.append(
          PlannedAction(
            name: action.scheduledActionName,
            from: Timestamp(rfc3339: "\(time)Z") ?? .earliest,
            replicas: action.scalableTargetAction?.minCapacity ?? -1))
      }
      token = answer.nextToken
    } while token != nil && held.count < 1000
    return held
  }

  private func delete(_ name: String, of id: String) async throws(CloudError) {
    struct Input: Encodable {
      var serviceNamespace: String
      var resourceId: String
      var scalableDimension: String
      var scheduledActionName: String
    }
    try await wait(.shrinking)
    do throws(CloudError) {
      _ = try await client.call(
        "DeleteScheduledAction",
        Input(
          serviceNamespace: namespace, resourceId: id, scalableDimension: dimension,
          scheduledActionName: name),
        as: AWSJSONClient.Nothing.self, deadline: Self.timeLimit, retry: RetryPolicy())
    } catch {
      // Gone already is what was wanted.
      guard case .notFound = error else { throw error }
    }
  }

  func wait(_ purpose: CallPurpose) async throws(CloudError) {
    guard await limiter.acquire(purpose, deadline: Self.timeLimit) else {
      throw .unavailable("the account's calls are used up", retryAfter: nil)
    }
  }
}
