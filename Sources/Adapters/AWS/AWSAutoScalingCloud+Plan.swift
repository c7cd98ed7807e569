public import Domain

extension AWSAutoScalingCloud {
  private static let prefix = "scaler-"
  /// As many as AWS takes in one call.
  private static let actionsPerCall = 50

  /// Leaves the next hours' floors with AWS as scheduled actions, so that pre-warming survives our
  /// death. Replaces what was left before; other people's actions are not touched.
  ///
  /// - Parameter plan: Its floors are in the future, at most one per minute.
  public func schedule(_ plan: FloorPlan) async throws(CloudError) {
    let floors = plan.floors
    let group = try group(of: plan.service)
    let names = floors.map { Self.prefix + Self.minute($0.from) }
    let old = try await scheduledActions(of: group)
    try await delete(old.filter { !names.contains($0) }, of: group)
    for start in stride(from: 0, to: floors.count, by: Self.actionsPerCall) {
      var fields = [("AutoScalingGroupName", group)]
      let part = floors[start..<min(floors.count, start + Self.actionsPerCall)]
      for (index, floor) in part.enumerated() {
        let key = "ScheduledUpdateGroupActions.member.\(index + 1)"
        fields.append(("\(key).ScheduledActionName", names[start + index]))
        fields.append(("\(key).StartTime", floor.from.description))
        fields.append(("\(key).MinSize", "\(max(0, floor.replicas))"))
      }
      let answer = try await query.call(
        "BatchPutScheduledUpdateGroupAction", fields, deadline: Self.timeLimit,
        retry: RetryPolicy())
      let failed =
        answer.child("BatchPutScheduledUpdateGroupActionResult")?
        .members("FailedScheduledUpdateGroupActions") ?? []
      if let first = failed.first {
        throw .malformed(
          "\(failed.count) scheduled actions were refused, \(first.text("ScheduledActionName") ?? "?")"
            + " because \(first.text("ErrorMessage") ?? first.text("ErrorCode") ?? "?")")
      }
    }
  }

  /// Removes what `schedule` left.
  public func cancelSchedule(of service: ServiceID) async throws(CloudError) {
    let group = try group(of: service)
    try await delete(try await scheduledActions(of: group), of: group)
  }

  /// The names of our scheduled actions that the group holds, sorted.
  func scheduledActions(of group: String) async throws(CloudError) -> [String] {
    var names: [String] = []
    var token: String?
    repeat {
      var fields = [("AutoScalingGroupName", group), ("MaxRecords", "100")]
      if let token { fields.append(("NextToken", token)) }
      let answer = try await query.call(
        "DescribeScheduledActions", fields, deadline: Self.timeLimit, retry: RetryPolicy())
      let result = answer.child("DescribeScheduledActionsResult")
      names += (result?.members("ScheduledUpdateGroupActions") ?? [])
        .compactMap { $0.text("ScheduledActionName") }
      token = result?.text("NextToken")
    } while token != nil && names.count < 1000
    return names.filter { $0.hasPrefix(Self.prefix) }.sorted()
  }

  private func delete(_ names: [String], of group: String) async throws(CloudError) {
    for start in stride(from: 0, to: names.count, by: Self.actionsPerCall) {
      let part = names[start..<min(names.count, start + Self.actionsPerCall)]
      let fields = part.enumerated().map {
        ("ScheduledActionNames.member.\($0.offset + 1)", $0.element)
      }
      _ = try await query.call(
        "BatchDeleteScheduledAction", [("AutoScalingGroupName", group)] + fields,
        deadline: Self.timeLimit, retry: RetryPolicy())
    }
  }

  /// `20261123T0930Z`: one name per minute, so that a plan written again replaces itself.
  private static func minute(_ time: Timestamp) -> String {
    String(time.description.filter { $0 != "-" && $0 != ":" }.prefix(13)) + "Z"
  }
}
