import Dispatch

/// Threads for long computations, apart from those on which ticks, answers and writes run: a
/// forecast of a year takes a while and must not hold a control tick for it.
struct ComputeQueue: Sendable {
  private let queue = DispatchQueue(
    label: "scaler.compute", qos: .utility, attributes: .concurrent)

  func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try work() }) }
    }
  }
}
