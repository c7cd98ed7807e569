import Control
import Daemon
import Domain
import Storage
import Synchronization

/// The services that pages and the API show: those of the configuration in force.
final class Shown: Sendable {
  struct Services: Sendable {
    var policies: [ServiceID: ServicePolicy]
    /// As in the file.
    var order: [ServiceID]
    var outlook: Outlook
  }

  private let state: Mutex<Services>

  init(_ configuration: ServeConfiguration, store: Store, clock: any DaemonClock) {
    state = Mutex(Self.services(of: configuration, store: store, clock: clock))
  }

  var services: Services { state.withLock { $0 } }

  func show(_ configuration: ServeConfiguration, store: Store, clock: any DaemonClock) {
    let services = Self.services(of: configuration, store: store, clock: clock)
    state.withLock { $0 = services }
  }

  private static func services(
    of configuration: ServeConfiguration, store: Store, clock: any DaemonClock
  ) -> Services {
    let policies = Dictionary(
      configuration.services.map { ($0.policy.id, $0.policy) }, uniquingKeysWith: { $1 })
    return Services(
      policies: policies, order: configuration.services.map(\.policy.id),
      outlook: Outlook(policies: policies, store: store, clock: clock))
  }
}
