import Domain
import Synchronization

/// Counts what was pushed to this server, for `/metrics`.
final class PushLog: Sendable {
  struct Counts: Sendable, Equatable {
    var accepted = 0
    /// By reason; the reasons are a closed list.
    var rejected: [String: Int] = [:]
  }

  private let state = Mutex(Counts())

  var counts: Counts { state.withLock { $0 } }

  /// Hands samples to the store. Where it takes none of them, the whole request is counted as shed, with
  /// what was wrong in it: the sender comes again with all of it.
  ///
  /// - Parameter received: The samples of the request, good or not.
  func ingest(
    _ samples: [Sample], of received: Int, by services: WebServices
  ) async throws -> [SampleRefusal?] {
    guard !samples.isEmpty else { return [] }
    do {
      return try await services.ingest(samples)
    } catch {
      record(accepted: 0, rejected: [Self.reason(of: error): received])
      throw error
    }
  }

  private static func reason(of error: any Error) -> String {
    switch error as? IngestFailure {
    case .overloaded: "overloaded"
    case .full: "disk_full"
    case nil: "store_failed"
    }
  }

  func record(accepted: Int, rejected: [String: Int]) {
    state.withLock { counts in
      counts.accepted += accepted
      counts.rejected.merge(rejected, uniquingKeysWith: +)
    }
  }
}
