public import Control
public import Domain

/// What a person says to the running loop. Each is in the journal and in force when it returns, and
/// survives a restart.
extension ControlLoop {
  /// Fixes a service's size until an instant, or lifts that (nil).
  ///
  /// - Returns: Whether there is such a service.
  public func override(_ override: SizeOverride?, for service: ServiceID) async -> Bool {
    guard autoscalers[service] != nil else { return false }
    await post(.overridden(override, at: clock.now), for: service)
    return true
  }

  /// Freezes the size of every service until an instant, or lifts that (nil). Services that enter
  /// meanwhile are frozen as well.
  public func freeze(until: Timestamp?) async {
    await postToAll { .frozen(until: until, at: $0) }
  }

  /// A service that enters while others run is frozen as they are.
  func followFreeze(_ id: ServiceID, at now: Timestamp) async {
    let others = order.filter { $0 != id }.compactMap { autoscalers[$0]?.frozenUntil }
    guard let until = others.max(), now < until else { return }
    await post(.frozen(until: until, at: now), for: id)
  }
}
