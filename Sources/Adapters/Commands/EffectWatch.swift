import Domain

/// What was commanded to one service and what came of it, as the readings tell.
struct EffectWatch {
  /// What the platform was left to do on its own.
  var plan: [ScheduledFloor] = []
  /// The floor that took the place of ours, until the next command.
  private var changed: ChangedFloor?

  private struct Accepted {
    var kind: ScaleCommand.Kind
    var replicas: Int
    var before: Int
    var at: Timestamp
  }

  private var reading = FleetReading()
  private var awaited: Accepted?
  /// What the platform showed to be ours: a later change of it is somebody else's.
  private var established: Accepted?
  private var withoutEffect = 0
  /// The last command without effect.
  private var stuck: Accepted?
  private var foreignWrites = 0
  /// The last command's kind, and what it wanted and got where the bounds cut it.
  private var lastKind: ScaleCommand.Kind?
  private var cut: (asked: Int, granted: Int)?
  private var lastForeignWrite: Timestamp?

  private static let patience = 2
  /// After this long without another one, foreign writes are forgotten.
  private static let memory: Duration = .seconds(3600)

  /// The value that a command of this kind sets.
  private func value(_ kind: ScaleCommand.Kind) -> Int? {
    switch kind {
    case .floor: return reading.min
    // A pool fills in its own time; what it shows says nothing about the command.
    case .warmPool: return nil
    case .desired:
      guard let ready = reading.ready, let pending = reading.pending else { return nil }
      return pending.reduce(ready) { $0 + $1.count }
    }
  }

  mutating func saw(_ new: FleetReading, at time: Timestamp, grace: Duration) {
    reading = new
    if let last = lastForeignWrite, time > last + Self.memory { foreignWrites = 0 }
    if let last = stuck, let shown = value(last.kind), shown != last.before {
      withoutEffect = 0
      stuck = nil
    }
    if let waiting = awaited, let shown = value(waiting.kind) {
      if shown != waiting.before {
        awaited = nil
        if shown == waiting.replicas { established = waiting }
      } else if time >= waiting.at + grace {
        withoutEffect += 1
        stuck = waiting
        awaited = nil
      }
    } else if let known = knownFloor, let shown = value(.floor), shown != known {
      let isPlanned = plans(shown, at: time)
      changed = ChangedFloor(replicas: shown, isPlanned: isPlanned)
      if !isPlanned {
        foreignWrites += 1
        lastForeignWrite = time
      }
      established = nil
    }
  }

  /// The floor that was last known to be in force.
  private var knownFloor: Int? {
    guard let ours = established, ours.kind == .floor else { return changed?.replicas }
    return ours.replicas
  }

  /// Whether a floor is what the plan says for now; platforms take a while over it.
  private func plans(_ floor: Int, at time: Timestamp) -> Bool {
    let begun = plan.filter { $0.from <= time }.suffix(2)
    return begun.contains { min($0.replicas, reading.max ?? $0.replicas) == floor }
  }

  /// The floor in force where it is not ours any more, as long as commanding it again is of use.
  var changedFloor: ChangedFloor? { reasonToStop(.floor) == nil ? changed : nil }

  /// What the platform answered.
  mutating func note(
    _ outcome: ScaleOutcome, of command: ScaleCommand, asked: Int, at time: Timestamp
  ) {
    if outcome == .unchanged { established(command, at: time) }
    guard case .accepted(let granted) = outcome else { return }
    cut = granted == asked ? nil : (asked, granted)
    established = nil
    changed = nil
    guard let before = value(command.kind), before != granted else { return }
    awaited = Accepted(kind: command.kind, replicas: granted, before: before, at: time)
  }

  /// The platform already is what was commanded: from here on a change is somebody else's.
  mutating func established(_ command: ScaleCommand, at time: Timestamp) {
    changed = nil
    established = Accepted(
      kind: command.kind, replicas: command.replicas, before: command.replicas, at: time)
  }

  mutating func clamp(_ command: ScaleCommand) -> Int {
    let below = min(command.replicas, reading.max ?? command.replicas)
    let granted = command.kind == .desired ? max(below, reading.min ?? below) : below
    lastKind = command.kind
    cut = granted == command.replicas ? nil : (command.replicas, granted)
    return granted
  }

  /// What an operator has to know; nil while there is nothing.
  var alarm: String? {
    if let kind = lastKind, let reason = reasonToStop(kind) { return reason }
    if let changed, !changed.isPlanned {
      return "somebody else set the floor to \(changed.replicas)"
    }
    return cut.map {
      "\($0.asked) replicas are wanted and the platform's own bounds allow \($0.granted)"
    }
  }

  func isAlready(_ command: ScaleCommand) -> Bool { value(command.kind) == command.replicas }

  /// Why commanding on is useless; nil while it is not.
  func reasonToStop(_ kind: ScaleCommand.Kind) -> String? {
    if withoutEffect >= Self.patience {
      return "the platform accepted \(withoutEffect) commands and did not move"
    }
    if kind == .floor, foreignWrites >= Self.patience {
      return "somebody else changed the floor back \(foreignWrites) times"
    }
    return nil
  }
}
