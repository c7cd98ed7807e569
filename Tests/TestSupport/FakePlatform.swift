import Foundation
import Synchronization

/// One fleet behind the wire formats of several platforms: bounds 2 to 20, 4 replicas at first, new
/// ones serve at once.
package final class FakePlatform: Sendable {
  package struct Fleet: Sendable {
    package var size = 4
    package var min = 2
    package var max = 20
    package var version = 1
    package var annotations: [String: String] = [:]
  }

  /// What goes wrong with writes; `lying` with readings.
  package enum Fault: Sendable, Equatable {
    /// Answers after this many milliseconds.
    case slow(Int)
    /// Refuses, in the platform's own words for this status: 409, 429 with `Retry-After`, 500.
    case refusing(Int)
    /// Takes the request and never answers.
    case hanging
    /// Does what it was asked and breaks the connection.
    case cut
    /// Accepts and does nothing.
    case withoutEffect
    /// Accepts and does half of it.
    case partial
    /// Shows what cannot be.
    case lying
  }

  private let state = Mutex(State())

  private struct State {
    var fleet = Fleet()
    var writes = 0
    var events: [String] = []
    var leaseToken = 0
    var isDown = false
    var fault: Fault?
  }

  package init() {}

  /// As the platform has it.
  package var fleet: Fleet { state.withLock { $0.fleet } }
  /// As the platform shows it.
  package var shown: Fleet {
    state.withLock { state in
      var fleet = state.fleet
      if state.fault == .lying { fleet.size = -3 }
      return fleet
    }
  }
  package var writes: Int { state.withLock { $0.writes } }
  /// What was told beside the fleet.
  package var events: [String] { state.withLock { $0.events } }
  /// Of the process that leads.
  package var leaseToken: Int { state.withLock { $0.leaseToken } }

  package func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

  package func setFault(_ fault: Fault?) { state.withLock { $0.fault = fault } }

  package func setLeaseToken(_ token: Int) { state.withLock { $0.leaseToken = token } }

  package func note(_ event: String) { state.withLock { $0.events.append(event) } }

  /// Somebody else's write.
  package func meddle(_ change: (inout Fleet) -> Void) {
    state.withLock { state in
      change(&state.fleet)
      state.fleet.version += 1
    }
  }

  /// A command's write, as far as the fault lets it have an effect.
  func write(_ change: (inout Fleet) -> Void) {
    state.withLock { state in
      state.writes += 1
      guard state.fault != .withoutEffect else { return }
      var new = state.fleet
      change(&new)
      if state.fault == .partial {
        new.size = (state.fleet.size + new.size) / 2
        new.min = (state.fleet.min + new.min) / 2
      }
      new.size = Swift.max(new.size, new.min)
      new.version += 1
      state.fleet = new
    }
  }

  /// Serves one of the wire formats, faults included.
  package func server(_ wire: PlatformWire) throws -> ScriptedServer {
    try ScriptedServer { request, _ in self.reply(to: request, wire) }
  }

  package func reply(
    to request: ScriptedServer.Request, _ wire: PlatformWire
  ) -> ScriptedServer.Reply {
    let (isDown, fault) = state.withLock { ($0.isDown, $0.fault) }
    if isDown { return wire.refuse(503) }
    guard let fault, wire.isWrite(request) else { return wire.serve(self, request) }
    switch fault {
    case .slow(let milliseconds):
      usleep(UInt32(milliseconds) * 1000)
      return wire.serve(self, request)
    case .refusing(let status): return wire.refuse(status)
    case .hanging: return .hang
    case .cut:
      _ = wire.serve(self, request)
      return .cut
    case .withoutEffect, .partial, .lying: return wire.serve(self, request)
    }
  }
}

/// How a platform is spoken to.
package struct PlatformWire: Sendable {
  package typealias Request = ScriptedServer.Request
  package typealias Reply = ScriptedServer.Reply

  /// Whether a request would change the fleet.
  package var isWrite: @Sendable (Request) -> Bool
  package var serve: @Sendable (FakePlatform, Request) -> Reply
  /// An answer without success in the platform's own words.
  package var refuse: @Sendable (_ status: Int) -> Reply

  package init(
    isWrite: @escaping @Sendable (Request) -> Bool,
    serve: @escaping @Sendable (FakePlatform, Request) -> Reply,
    refuse: @escaping @Sendable (_ status: Int) -> Reply
  ) {
    self.isWrite = isWrite
    self.serve = serve
    self.refuse = refuse
  }

  /// How long a platform that is too busy asks for.
  package static let pause = 7
}
