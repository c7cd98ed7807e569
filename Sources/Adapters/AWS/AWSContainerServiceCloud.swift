public import Domain
import Synchronization

/// Services of Amazon ECS. A floor is the `MinCapacity` of the service's scalable target in
/// Application Auto Scaling, whose policies stay in charge above it; a desired size is the service's
/// desired count, refused while those policies would write it back.
///
/// Needs `ecs:DescribeServices` and `application-autoscaling:DescribeScalableTargets`, and to
/// command `application-autoscaling:RegisterScalableTarget` (floors), `ecs:UpdateService` (sizes),
/// `application-autoscaling:DescribeScheduledActions`, `…:PutScheduledAction` and
/// `…:DeleteScheduledAction` (plans).
public final class AWSContainerServiceCloud: CloudAdapter {
  public struct Target: Sendable, Hashable {
    public var cluster: String
    public var service: String

    public init(cluster: String, service: String) {
      self.cluster = cluster
      self.service = service
    }

    /// The name in Application Auto Scaling.
    var resource: String { "service/\(cluster)/\(service)" }
  }

  public let capabilities = CloudCapabilities(
    commands: [.floor, .desired], holdsPlans: true, hasWarmPool: false)

  private let targets: [ServiceID: Target]
  private let services: ContainerServices
  private let bounds: ScalableTargets
  private let now: @Sendable () -> Timestamp
  private let state = Mutex(State())

  private struct Snapshot {
    var service: ContainerService
    var bounds: ScalableTarget?
    var at: Timestamp
  }

  private struct State {
    var snapshots: [Target: Snapshot] = [:]
    /// Since when tasks are missing.
    var missing: [Target: [PendingBatch]] = [:]
  }

  /// An older snapshot is read anew before a command.
  private static let snapshotAge: Duration = .seconds(60)

  /// What one account may call, of ECS and of Application Auto Scaling.
  public static let allowance = TokenBucket(rate: 10, burst: 20)
  public static let boundsAllowance = TokenBucket(rate: 5, burst: 10)

  /// - Parameters:
  ///   - targets: The cluster and name of each service.
  ///   - endpoint: Instead of AWS' own, for both APIs.
  public init(
    region: String, targets: [ServiceID: Target], credentials: AWSCredentialChain,
    endpoint: String? = nil, options: HTTPOptions = HTTPOptions(),
    limiter: CallLimiter = CallLimiter(allowance),
    boundsLimiter: CallLimiter = CallLimiter(boundsAllowance),
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.targets = targets
    self.now = now
    let client = HTTPClient(options)
    func caller(_ service: String) -> AWSCaller {
      AWSCaller(
        endpoint: endpoint ?? AWSCaller.url(of: service, in: region), region: region,
        service: service, credentials: credentials, client: client)
    }
    services = ContainerServices(
      client: AWSJSONClient(
        caller: caller("ecs"), target: "AmazonEC2ContainerServiceV20141113", version: "1.1",
        naming: .camelCase), limiter: limiter)
    bounds = ScalableTargets(
      client: AWSJSONClient(
        caller: caller("application-autoscaling"), target: "AnyScaleFrontendService",
        version: "1.1", naming: .capitalised), limiter: boundsLimiter, namespace: "ecs",
      dimension: "ecs:service:DesiredCount")
  }

  public func observe(_ asked: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    let wanted = Set(asked.compactMap { targets[$0] })
      .sorted { ($0.cluster, $0.service) < ($1.cluster, $1.service) }
    var problems: [Target: String] = [:]
    var found: [Target: ContainerService] = [:]
    for cluster in Set(wanted.map(\.cluster)).sorted() {
      let members = wanted.filter { $0.cluster == cluster }
      for start in stride(from: 0, to: members.count, by: ContainerServices.perCall) {
        let part = members[start..<min(members.count, start + ContainerServices.perCall)]
        do throws(CloudError) {
          for service in try await services.describe(part.map(\.service), in: cluster) {
            found[Target(cluster: cluster, service: service.serviceName)] = service
          }
        } catch {
          for target in part { problems[target] = error.sentence }
        }
      }
    }
    let bounds = await boundsKnown(of: wanted.filter { found[$0] != nil })
    return asked.map { service in
      guard let target = targets[service] else {
        return FleetReading(problem: "\(service) has no ECS service")
      }
      if let problem = problems[target] { return FleetReading(problem: problem) }
      guard let shown = found[target] else {
        return FleetReading(problem: "there is no ECS service \(target.service)")
      }
      if let obstacle = shown.obstacle { return FleetReading(problem: obstacle) }
      return reading(of: shown, bounds, target, at: time)
    }
  }

  /// By resource name; without them a size is known and nothing is commanded on its strength.
  private func boundsKnown(
    of targets: [Target]
  ) async -> Result<[String: ScalableTarget], CloudError> {
    do throws(CloudError) {
      let found = try await bounds.describe(targets.map(\.resource))
      return .success(Dictionary(found.map { ($0.resourceId, $0) }) { first, _ in first })
    } catch {
      return .failure(error)
    }
  }

  public func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    let target = try target(of: command.service)
    let time = now()
    let left = command.validUntil.since(time)
    guard left > .zero else { return .notSent("the command was valid until \(command.validUntil)") }
    let seen = try await snapshot(of: target, at: time)
    if let obstacle = seen.service.obstacle { return .refused(obstacle) }
    let deadline = min(left, ScalableTargets.timeLimit)
    switch command.kind {
    case .floor: return try await setFloor(command, target, seen, deadline)
    case .desired: return try await setSize(command, target, seen, deadline)
    case .warmPool: return .refused("ECS has no warm pool")
    }
  }

  /// Leaves the next hours' floors with Application Auto Scaling as scheduled actions.
  public func schedule(_ plan: FloorPlan) async throws(CloudError) {
    let target = try target(of: plan.service)
    guard let bound = try await snapshot(of: target, at: now()).bounds else {
      throw .notFound("\(target.resource) is not registered with Application Auto Scaling")
    }
    guard bound.followsPlans else {
      throw .conflict("somebody suspended the scheduled scaling of \(target.resource)")
    }
    try await bounds.replace(
      PlannedAction.actions(of: plan, limit: bound.maxCapacity), of: target.resource)
  }

  public func cancelSchedule(of service: ServiceID) async throws(CloudError) {
    try await bounds.replace([], of: try target(of: service).resource)
  }

  /// Our scheduled actions that AWS holds, in time order.
  func actionsHeld(for service: ServiceID) async throws(CloudError) -> [PlannedAction] {
    try await bounds.actionsHeld(for: try target(of: service).resource)
      .sorted { $0.from < $1.from }
  }

  private func setFloor(
    _ command: ScaleCommand, _ target: Target, _ seen: Snapshot, _ deadline: Duration
  ) async throws(CloudError) -> ScaleOutcome {
    guard let bound = seen.bounds else {
      return .refused(
        "\(target.resource) is not registered with Application Auto Scaling; a floor needs a "
          + "scalable target, or use the mode desired")
    }
    let size = max(0, min(command.replicas, bound.maxCapacity))
    guard size != bound.minCapacity else { return .unchanged }
    guard
      await bounds.limiter.acquire(
        size > bound.minCapacity ? .growth : .shrinking, deadline: deadline)
    else { return .notSent(Self.tooLate) }
    forget(target)
    try await bounds.setFloor(size, of: target.resource, deadline: deadline)
    return .accepted(replicas: size)
  }

  private func setSize(
    _ command: ScaleCommand, _ target: Target, _ seen: Snapshot, _ deadline: Duration
  ) async throws(CloudError) -> ScaleOutcome {
    if seen.bounds?.isScaled == true {
      return .refused(
        "Application Auto Scaling scales \(target.resource) and would write the size back; use "
          + "the mode floor, or suspend its dynamic scaling")
    }
    let below = min(command.replicas, seen.bounds?.maxCapacity ?? command.replicas)
    let size = max(below, seen.bounds?.minCapacity ?? 0)
    guard size != seen.service.desiredCount else { return .unchanged }
    guard
      await services.limiter.acquire(
        size > seen.service.desiredCount ? .growth : .shrinking, deadline: deadline)
    else { return .notSent(Self.tooLate) }
    forget(target)
    try await services.setSize(
      size, of: target.service, in: target.cluster, deadline: deadline)
    return .accepted(replicas: size)
  }

  /// What was known will no longer be so, whatever comes of the write.
  private func forget(_ target: Target) { state.withLock { $0.snapshots[target] = nil } }

  private static let tooLate =
    "the account's calls were used up until the command was too late"

  private func target(of service: ServiceID) throws(CloudError) -> Target {
    guard let target = targets[service] else {
      throw .notFound("\(service) has no ECS service")
    }
    return target
  }

  private func snapshot(of target: Target, at time: Timestamp) async throws(CloudError) -> Snapshot
  {
    if let known = state.withLock({ $0.snapshots[target] }), time <= known.at + Self.snapshotAge {
      return known
    }
    guard let service = try await services.describe([target.service], in: target.cluster).first
    else { throw .notFound("there is no ECS service \(target.service)") }
    let bound = try await bounds.describe([target.resource]).first
    let seen = Snapshot(service: service, bounds: bound, at: time)
    state.withLock { $0.snapshots[target] = seen }
    return seen
  }

  private func reading(
    of service: ContainerService, _ bounds: Result<[String: ScalableTarget], CloudError>,
    _ target: Target, at time: Timestamp
  ) -> FleetReading {
    var bound: ScalableTarget?
    var problem: String?
    switch bounds {
    case .success(let known): bound = known[target.resource]
    case .failure(let error): problem = error.sentence
    }
    let pending = state.withLock { state in
      state.snapshots[target] =
        problem == nil ? Snapshot(service: service, bounds: bound, at: time) : nil
      let batches = PendingBatch.tracking(
        max(0, service.desiredCount - service.runningCount), known: state.missing[target] ?? [],
        at: time)
      state.missing[target] = batches
      return batches
    }
    return FleetReading(
      ready: service.runningCount, pending: pending, min: bound?.minCapacity,
      max: bound?.maxCapacity,
      owner: bound?.isScaled == true ? "Application Auto Scaling" : nil,
      isRollingOut: service.isRollingOut, problem: problem)
  }
}
