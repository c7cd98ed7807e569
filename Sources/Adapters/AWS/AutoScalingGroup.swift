import Domain

/// An EC2 Auto Scaling group as `DescribeAutoScalingGroups` shows it.
struct AutoScalingGroup: Sendable, Equatable {
  var name: String
  var min: Int
  var max: Int
  var desired: Int
  /// Ids of the instances that serve.
  var inService: [String]
  /// Ids of the instances that were started and do not serve yet.
  var pending: [String]
  /// Instances in the warm pool; nil without one.
  var warm: Int?
  /// Processes that somebody suspended, such as `Launch`.
  var suspended: Set<String>

  /// Nil if the element lacks what every group has, or shows the impossible.
  init?(_ element: XMLElement) {
    guard let name = element.text("AutoScalingGroupName"), let min = element.number("MinSize"),
      let max = element.number("MaxSize"), let desired = element.number("DesiredCapacity"),
      min >= 0, max >= min, (0...1_000_000).contains(desired)
    else { return nil }
    self.name = name
    self.min = min
    self.max = max
    self.desired = desired
    let instances = element.members("Instances")
    func ids(where isWanted: (_ state: String, _ isHealthy: Bool) -> Bool) -> [String] {
      instances.compactMap { instance in
        let state = instance.text("LifecycleState") ?? ""
        return isWanted(state, instance.text("HealthStatus") == "Healthy")
          ? instance.text("InstanceId") : nil
      }
    }
    inService = ids { state, isHealthy in state == "InService" && isHealthy }
    // `Pending:Wait` and `Pending:Proceed` are lifecycle hooks; `Warmed:*` is the warm pool.
    pending = ids { state, _ in state.hasPrefix("Pending") }
    warm = element.child("WarmPoolConfiguration").map { _ in element.number("WarmPoolSize") ?? 0 }
    suspended = Set(element.members("SuspendedProcesses").compactMap { $0.text("ProcessName") })
  }

  /// Why the platform would not follow; nil if it would. A floor grows the group like a size does,
  /// and never shrinks it.
  func obstacle(to replicas: Int, _ kind: ScaleCommand.Kind) -> String? {
    if kind != .warmPool, replicas > desired, suspended.contains("Launch") {
      return "the process Launch of \(name) is suspended"
    }
    if kind == .desired, replicas < desired, suspended.contains("Terminate") {
      return "the process Terminate of \(name) is suspended"
    }
    return nil
  }

  /// Whether scheduled actions are carried out.
  var followsPlans: Bool { !suspended.contains("ScheduledActions") }
}

/// When instances were first seen, because the group does not say since when they boot.
struct FirstSightings: Sendable {
  private var pending: [String: [String: Timestamp]] = [:]
  private var missing: [String: (count: Int, since: Timestamp)] = [:]

  mutating func reading(of group: AutoScalingGroup, at time: Timestamp) -> FleetReading {
    let known = pending[group.name] ?? [:]
    var seen: [String: Timestamp] = [:]
    for id in group.pending { seen[id] = known[id] ?? time }
    pending[group.name] = seen
    var counts: [Timestamp: Int] = [:]
    for since in seen.values { counts[since, default: 0] += 1 }
    // What is wanted and has no instance yet boots since it was wanted.
    let absent = max(0, group.desired - group.inService.count - group.pending.count)
    if absent > 0 {
      let since = missing[group.name].map { min($0.since, time) } ?? time
      missing[group.name] = (absent, since)
      counts[since, default: 0] += absent
    } else {
      missing[group.name] = nil
    }
    return FleetReading(
      ready: group.inService.count,
      pending: counts.sorted { $0.key < $1.key }.map { PendingBatch(count: $1, since: $0) },
      warm: group.warm, min: group.min, max: group.max)
  }
}
