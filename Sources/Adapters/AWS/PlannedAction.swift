import Domain

/// A floor of a plan as AWS holds it: an action with a name, once, at a minute.
struct PlannedAction: Sendable, Equatable {
  var name: String
  var from: Timestamp
  var replicas: Int

  /// What marks an action as ours.
  private static let prefix = "scaler-"
  /// AWS allows 125 scheduled actions per group: room for an old plan beside a new one.
  private static let most = 60

  static func isOurs(_ name: String) -> Bool { name.hasPrefix(prefix) }

  /// The plan's changes in time order, at most 60: a floor like the one before needs no action. The
  /// names tell the minute, so that a plan written again replaces itself.
  ///
  /// AWS refuses what begins in the past. The floor in force is a command's to set and needs no
  /// action; what begins within the next minute begins after it.
  ///
  /// - Parameter limit: The platform's upper bound; an action above it would fail when it is due.
  static func actions(of plan: FloorPlan, limit: Int) -> [PlannedAction] {
    var actions: [PlannedAction] = []
    let minute = Duration.seconds(60)
    let earliest = plan.time.floored(to: minute) + minute * 2
    for floor in plan.floors where floor.from > plan.time {
      let replicas = max(0, min(floor.replicas, limit))
      let from = max(floor.from.floored(to: minute), earliest)
      if actions.last?.from == from { actions.removeLast() }
      guard actions.last?.replicas != replicas else { continue }
      guard actions.count < most else { break }
      let name = from.description.filter { $0 != "-" && $0 != ":" }.prefix(13)
      actions.append(PlannedAction(name: "\(prefix)\(name)Z", from: from, replicas: replicas))
    }
    return actions
  }
}
