public import Domain

extension AWSAutoScalingCloud {
  /// As many as AWS takes in one call.
  private static let actionsPerCall = 50

  /// Leaves the next hours' floors with AWS as scheduled actions, so that pre-warming survives our
  /// death. Replaces what was left before; other people's actions are not touched, and what is there
  /// already is not sent. New actions are written before old ones go, so that a failure in between
  /// leaves too many, never too few.
  public func schedule(_ plan: FloorPlan) async throws(CloudError) {
    let name = try group(of: plan.service)
    let group = try await snapshot(of: name, at: now())
    guard group.followsPlans else {
      throw .conflict("the process ScheduledActions of \(name) is suspended")
    }
    let actions = PlannedAction.actions(of: plan, limit: group.max)
    let held = try await scheduledActions(of: name)
    try await put(actions.filter { !held.contains($0) }, to: name)
    try await delete(
      held.map(\.name).filter { old in !actions.contains { $0.name == old } }, of: name)
  }

  /// Removes what `schedule` left.
  public func cancelSchedule(of service: ServiceID) async throws(CloudError) {
    let group = try group(of: service)
    try await delete(try await scheduledActions(of: group).map(\.name), of: group)
  }

  /// Our scheduled actions that the group holds, by name.
  func scheduledActions(of group: String) async throws(CloudError) -> [PlannedAction] {
    var held: [PlannedAction] = []
    var token: String?
    repeat {
      var fields = [("AutoScalingGroupName", group), ("MaxRecords", "100")]
      if let token { fields.append(("NextToken", token)) }
      try await wait(.reading)
      let answer = try await query.call(
        "DescribeScheduledActions", fields, deadline: Self.timeLimit, retry: RetryPolicy())
      let result = answer.child("DescribeScheduledActionsResult")
      for action in result?.members("ScheduledUpdateGroupActions") ?? [] {
        guard let name = action.text("ScheduledActionName"), PlannedAction.isOurs(name) else {
          continue
        }
        held.append(
          PlannedAction(
            name: name,
            from: action.text("StartTime").flatMap(Timestamp.init(rfc3339:)) ?? .earliest,
            replicas: action.number("MinSize") ?? -1))
      }
      token = result?.text("NextToken")
    } while token != nil && held.count < 1000
    return held.sorted { $0.name < $1.name }
  }

  private func put(_ actions: [PlannedAction], to group: String) async throws(CloudError) {
    for start in stride(from: 0, to: actions.count, by: Self.actionsPerCall) {
      var fields = [("AutoScalingGroupName", group)]
      let part = actions[start..<min(actions.count, start + Self.actionsPerCall)]
      for (index, action) in part.enumerated() {
        let key = "ScheduledUpdateGroupActions.member.\(index + 1)"
        fields.append(("\(key).ScheduledActionName", action.name))
        fields.append(("\(key).StartTime", action.from.description))
        fields.append(("\(key).MinSize", "\(action.replicas)"))
      }
      try await wait(.growth)
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

  private func delete(_ names: [String], of group: String) async throws(CloudError) {
    for start in stride(from: 0, to: names.count, by: Self.actionsPerCall) {
      let part = names[start..<min(names.count, start + Self.actionsPerCall)]
      let fields = part.enumerated().map {
        ("ScheduledActionNames.member.\($0.offset + 1)", $0.element)
      }
      try await wait(.shrinking)
      _ = try await query.call(
        "BatchDeleteScheduledAction", [("AutoScalingGroupName", group)] + fields,
        deadline: Self.timeLimit, retry: RetryPolicy())
    }
  }
}
