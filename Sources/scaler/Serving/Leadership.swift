import Adapters
import Daemon
import Domain
import Foundation

/// Leadership by a lease that a Kubernetes API server keeps.
struct LeaseLeadership: Leadership {
  let lease: KubernetesLease

  var fencingToken: Int64? { get async { await lease.fencingToken } }

  func run(changed: @Sendable (Int64?) async -> Void) async { await lease.run(changed: changed) }
}

extension ServeConfiguration {
  /// The competition that is configured; nil where this process is the only one.
  ///
  /// - Parameter now: Written into the lease for people to read; no two clocks are compared.
  func competition(now: @escaping @Sendable () -> Timestamp) -> (any Leadership)? {
    guard let leadership else { return nil }
    let settings = LeaseElection.Settings(
      identity: "\(ProcessInfo.processInfo.hostName)-\(UUID().uuidString.prefix(8).lowercased())",
      duration: leadership.duration, renewDeadline: leadership.duration * 2 / 3,
      retryPeriod: leadership.duration / 6)
    return LeaseLeadership(
      lease: KubernetesLease(
        leadership.connection, namespace: leadership.namespace, name: leadership.name,
        settings: settings, now: now))
  }
}
