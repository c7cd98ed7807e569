import Domain

/// Tells the cluster why something was scaled, as an Event beside the object: `kubectl describe` and
/// `kubectl get events` show it.
struct KubernetesEvents: Sendable {
  let api: KubernetesAPI
  /// The name of this process among several.
  let instance: String

  private static let timeLimit: Duration = .seconds(5)
  /// The API server takes notes of 1,024 bytes; a character has at most four.
  private static let longestNote = 256

  /// What was changed.
  struct Subject: Sendable {
    var kind: KubernetesKind
    var namespace: String
    var metadata: Kubernetes.Metadata
  }

  /// Best effort: a command that succeeded has not failed because nobody could be told.
  func record(
    _ command: ScaleCommand, of subject: Subject, change: String, at time: Timestamp
  ) async {
    let note = command.reason.isEmpty ? change : "\(change): \(command.reason)"
    let event = Event(
      metadata: .init(
        name: "scaler-\(command.service.name.eventName)-\(command.occurrence)",
        namespace: subject.namespace),
      eventTime: "\(time.description.dropLast()).000000Z",
      reportingInstance: instance,
      regarding: .init(
        apiVersion: subject.kind.apiVersion, kind: subject.kind.name,
        namespace: subject.namespace, name: subject.metadata.name ?? "",
        uid: subject.metadata.uid, resourceVersion: subject.metadata.resourceVersion),
      note: String(note.prefix(Self.longestNote)))
    guard let body = try? api.encode(event) else { return }
    _ = try? await api.send(
      .post, "/apis/events.k8s.io/v1/namespaces/\(subject.namespace)/events", body: body,
      deadline: Self.timeLimit, retry: .never)
  }

  private struct Event: Encodable {
    struct Name: Encodable {
      var name: String
      var namespace: String
    }

    struct Reference: Encodable {
      var apiVersion: String
      var kind: String
      var namespace: String
      var name: String
      var uid: String?
      var resourceVersion: String?
    }

    var apiVersion = "events.k8s.io/v1"
    var kind = "Event"
    var metadata: Name
    var eventTime: String
    var reportingController = "scaler.dev/scaler"
    var reportingInstance: String
    var action = "Scale"
    var reason = "PredictiveScaling"
    var regarding: Reference
    var note: String
    var type = "Normal"
  }
}

extension String {
  /// The name with what an object's name may not hold as hyphens, at most 150 characters.
  fileprivate var eventName: String {
    let allowed = lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    return String(String(allowed).prefix(150))
  }
}
