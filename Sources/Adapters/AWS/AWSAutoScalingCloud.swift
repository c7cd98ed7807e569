public import Domain
import Synchronization

/// EC2 Auto Scaling groups. A floor is the group's `MinSize`, which AWS' own policies respect and
/// which lifts the desired capacity with it; a desired size is `SetDesiredCapacity` within the
/// group's bounds, checked here.
///
/// Needs `autoscaling:DescribeAutoScalingGroups`, and on the commanded groups
/// `autoscaling:UpdateAutoScalingGroup` (floors), `autoscaling:SetDesiredCapacity` (sizes),
/// `autoscaling:PutWarmPool` (replicas that stand by),
/// `autoscaling:DescribeScheduledActions`, `autoscaling:BatchPutScheduledUpdateGroupAction` and
/// `autoscaling:BatchDeleteScheduledAction` (plans).
public final class AWSAutoScalingCloud: CloudAdapter {
  public let capabilities = CloudCapabilities(
    commands: [.floor, .desired, .warmPool], holdsPlans: true, hasWarmPool: true)

  private let groups: [ServiceID: String]
  let query: AWSQueryClient
  private let limiter: CallLimiter
  let now: @Sendable () -> Timestamp
  private let state = Mutex(State())

  private struct State {
    var snapshots: [String: (group: AutoScalingGroup, at: Timestamp)] = [:]
    var sightings = FirstSightings()
  }

  static let timeLimit: Duration = .seconds(15)
  /// An older snapshot is read anew before a command.
  private static let snapshotAge: Duration = .seconds(60)
  /// As many as one call takes without paging.
  private static let namesPerCall = 50

  /// What one account may call.
  public static let allowance = TokenBucket(rate: 10, burst: 20)

  /// - Parameters:
  ///   - groups: The name of each service's group.
  ///   - endpoint: Instead of AWS' own.
  public init(
    region: String, groups: [ServiceID: String], credentials: AWSCredentialChain,
    endpoint: String? = nil, options: HTTPOptions = HTTPOptions(),
    limiter: CallLimiter = CallLimiter(allowance),
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.groups = groups
    self.limiter = limiter
    self.now = now
    query = AWSQueryClient(
      caller: AWSCaller(
        endpoint: endpoint ?? AWSCaller.url(of: "autoscaling", in: region), region: region,
        service: "autoscaling", credentials: credentials, client: HTTPClient(options)),
      version: "2011-01-01")
  }

  public func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    let names = Set(services.compactMap { groups[$0] }).sorted()
    var problems: [String: String] = [:]
    for start in stride(from: 0, to: names.count, by: Self.namesPerCall) {
      let part = Array(names[start..<min(names.count, start + Self.namesPerCall)])
      do throws(CloudError) {
        let found = try await describe(part)
        state.withLock { state in
          for group in found { state.snapshots[group.name] = (group, time) }
        }
        for name in part where !found.contains(where: { $0.name == name }) {
          problems[name] = "there is no Auto Scaling group \(name)"
        }
      } catch {
        for name in part { problems[name] = error.sentence }
      }
    }
    return services.map { service in
      guard let name = groups[service] else {
        return FleetReading(problem: "\(service) has no Auto Scaling group")
      }
      if let problem = problems[name] { return FleetReading(problem: problem) }
      return state.withLock { state in
        guard let snapshot = state.snapshots[name] else { return FleetReading() }
        return state.sightings.reading(of: snapshot.group, at: time)
      }
    }
  }

  public func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    guard let name = groups[command.service] else {
      throw .notFound("\(command.service) has no Auto Scaling group")
    }
    let time = now()
    let left = command.validUntil.since(time)
    guard left > .zero else { return .notSent("the command was valid until \(command.validUntil)") }
    let group = try await snapshot(of: name, at: time)
    let size = clamped(command, to: group)
    let current: Int? =
      switch command.kind {
      case .floor: group.min
      case .desired: group.desired
      case .warmPool: group.warm
      }
    guard size != current else { return .unchanged }
    if command.kind == .warmPool, group.warm == nil { return .refused("\(name) has no warm pool") }
    if let obstacle = group.obstacle(to: size, command.kind) { return .refused(obstacle) }
    let deadline = min(left, Self.timeLimit)
    let purpose: CallPurpose = size > current ?? 0 ? .growth : .shrinking
    guard await limiter.acquire(purpose, deadline: deadline) else {
      return .notSent("the account's calls were used up until the command was too late")
    }
    // What was known of the group will no longer be so, whatever comes of this.
    state.withLock { $0.snapshots[name] = nil }
    switch command.kind {
    case .floor:
      _ = try await query.call(
        "UpdateAutoScalingGroup", [("AutoScalingGroupName", name), ("MinSize", "\(size)")],
        deadline: deadline, retry: .writes)
    case .desired:
      _ = try await query.call(
        "SetDesiredCapacity",
        [
          ("AutoScalingGroupName", name), ("DesiredCapacity", "\(size)"),
          ("HonorCooldown", "false"),
        ], deadline: deadline, retry: .writes)
    case .warmPool:
      _ = try await query.call(
        "PutWarmPool", [("AutoScalingGroupName", name), ("MinSize", "\(size)")],
        deadline: deadline, retry: .writes)
    }
    return .accepted(replicas: size)
  }

  func wait(_ purpose: CallPurpose) async throws(CloudError) {
    guard await limiter.acquire(purpose, deadline: Self.timeLimit) else {
      throw .unavailable("the account's calls are used up", retryAfter: nil)
    }
  }

  /// The group's name; for plans.
  func group(of service: ServiceID) throws(CloudError) -> String {
    guard let name = groups[service] else {
      throw .notFound("\(service) has no Auto Scaling group")
    }
    return name
  }

  /// AWS refuses a size outside of the bounds and a floor above the upper one.
  private func clamped(_ command: ScaleCommand, to group: AutoScalingGroup) -> Int {
    let below = min(command.replicas, group.max)
    return command.kind == .desired ? max(below, group.min) : max(below, 0)
  }

  func snapshot(of name: String, at time: Timestamp) async throws(CloudError)
    -> AutoScalingGroup
  {
    let known = state.withLock { $0.snapshots[name] }
    if let known, time <= known.at + Self.snapshotAge { return known.group }
    guard let found = try await describe([name]).first else {
      throw .notFound("there is no Auto Scaling group \(name)")
    }
    state.withLock { $0.snapshots[name] = (found, time) }
    return found
  }

  private func describe(_ names: [String]) async throws(CloudError) -> [AutoScalingGroup] {
    var found: [AutoScalingGroup] = []
    var token: String?
    repeat {
      try await wait(.reading)
      var fields = names.enumerated().map {
        ("AutoScalingGroupNames.member.\($0.offset + 1)", $0.element)
      }
      fields.append(("MaxRecords", "100"))
      if let token { fields.append(("NextToken", token)) }
      let answer = try await query.call(
        "DescribeAutoScalingGroups", fields, deadline: Self.timeLimit, retry: RetryPolicy())
      guard let result = answer.child("DescribeAutoScalingGroupsResult") else {
        throw .malformed("the answer describes no groups")
      }
      for element in result.members("AutoScalingGroups") {
        guard let group = AutoScalingGroup(element) else {
          throw .malformed("a group in the answer lacks its sizes")
        }
        found.append(group)
      }
      token = result.text("NextToken")
    } while token != nil && found.count < names.count
    return found
  }
}
