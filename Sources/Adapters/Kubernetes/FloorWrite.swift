import Domain

/// A number written onto the version of an object that was read, with the fencing token beside it.
struct FloorWrite {
  private struct Change: Encodable {
    struct Metadata: Encodable {
      var resourceVersion: String?
      var annotations: [String: String]
    }

    var metadata: Metadata
    var spec: [String: Int]
  }

  let command: ScaleCommand
  let metadata: Kubernetes.Metadata
  /// The member of `spec`.
  let field: String
  let from: Int
  let to: Int

  private static let tokenKey = "scaler.dev/fencing-token"
  private static let decisionKey = "scaler.dev/decision"

  func run<Object: Decodable & Sendable>(
    _ api: KubernetesAPI, _ path: String, as type: Object.Type, deadline: Duration, isDryRun: Bool
  ) async throws(CloudError) -> ScaleOutcome {
    let seen = metadata.annotations?[Self.tokenKey].flatMap { Int64($0) } ?? 0
    // A rehearsal comes from whoever asks, not from whoever leads.
    guard isDryRun || command.fencingToken >= seen else {
      return .refused("a newer leader commands \(command.service)")
    }
    guard to != from else { return .unchanged }
    let change = Change(
      metadata: .init(
        resourceVersion: metadata.resourceVersion,
        annotations: [
          Self.tokenKey: "\(max(seen, command.fencingToken))",
          Self.decisionKey: "\(command.decision)",
        ]), spec: [field: to])
    _ = try await api.patch(
      path, change, as: type, purpose: to > from ? .growth : .shrinking, deadline: deadline,
      isDryRun: isDryRun)
    return .accepted(replicas: to)
  }
}

/// What became of a command, and what can be told about it beside which object.
struct KubernetesWrite {
  var outcome: ScaleOutcome
  var subject: KubernetesEvents.Subject?
  var change = ""

  init(_ outcome: ScaleOutcome) { self.outcome = outcome }

  init(_ outcome: ScaleOutcome, of subject: KubernetesEvents.Subject, change: String) {
    self.outcome = outcome
    self.subject = subject
    self.change = change
  }
}
