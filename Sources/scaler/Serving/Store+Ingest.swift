import Domain
import Storage
import Web

extension Store {
  /// As `append`, with the failures named for the sender.
  func take(_ samples: [Sample], now: Timestamp) async throws -> [SampleRefusal?] {
    do throws(StoreError) {
      return try await append(samples, now: now)
    } catch {
      switch error {
      case .overloaded: throw IngestFailure.overloaded
      case .full: throw IngestFailure.full
      default: throw error
      }
    }
  }
}
