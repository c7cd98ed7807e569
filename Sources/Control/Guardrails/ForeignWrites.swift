import Domain

/// Notices that somebody else sets the size: the fleet had the size that was commanded, and then has
/// another one without a command of ours.
///
/// The size is set right once. Where it is changed again within `memory`, somebody insists, and
/// fighting them helps nobody: for `memory` the fleet keeps the size that it was given, and only
/// what is observed to be needed is added.
struct ForeignWrites: Sendable, Equatable {
  static let memory: Int64 = 600

  /// What was commanded last and accepted; nil after a foreign write was set right, and before the
  /// first command.
  var aim: Int?
  /// Whether the fleet has been seen at `aim`: until then a difference is a platform at work.
  var isReached = false
  /// The size that somebody else set, while that is new.
  var found: Int?
  var lastWrite: Timestamp?
  var yieldsUntil: Timestamp?

  mutating func accepted(_ replicas: Int) {
    aim = replicas
    isReached = false
  }

  /// Takes in the fleet's size at a tick; nil is unknown.
  mutating func observe(_ size: Int?, isCommandInFlight: Bool, at now: Timestamp) {
    found = nil
    if let until = yieldsUntil, now >= until { yieldsUntil = nil }
    guard let size, let aim, !isCommandInFlight else { return }
    if size == aim {
      isReached = true
      return
    }
    guard isReached else { return }
    if let lastWrite, now.seconds - lastWrite.seconds < Self.memory {
      yieldsUntil = Timestamp(seconds: now.seconds + Self.memory)
    }
    found = size
    lastWrite = now
    self.aim = nil
    isReached = false
  }
}
