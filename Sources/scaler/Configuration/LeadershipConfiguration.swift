import Adapters
import Domain

/// The section `leadership:`: several processes run, one commands.
struct LeadershipConfiguration: Sendable {
  /// Where the lease is and how it is held.
  struct Place: Sendable, Equatable {
    /// The Kubernetes API server that keeps it.
    var server: String
    var namespace: String
    var name: String
    var duration: Duration
  }

  /// Of the cloud that is named.
  var connection: KubernetesConnection
  var namespace: String
  var name: String
  /// How long a leader that does not renew its lease is waited for. It gives up after two thirds of
  /// it, and renews every sixth.
  var duration: Duration

  var place: Place {
    Place(server: connection.server, namespace: namespace, name: name, duration: duration)
  }

  static let kinds = ["kubernetes-lease"]

  init(
    _ field: YAMLField, clouds: [(name: String, cloud: CloudConfiguration)]
  ) throws {
    _ = try field.kind(among: Self.kinds, of: "leadership")
    let section = try field.section(["kind", "cloud", "namespace", "name", "duration"])
    let cloudField = try section.required("cloud")
    let wanted = try cloudField.text()
    guard let entry = clouds.first(where: { $0.name == wanted }),
      case .kubernetes(let connection) = entry.cloud
    else {
      throw cloudField.refusal(
        "must name a cloud of the kind kubernetes, which holds the lease; `\(wanted)` is none")
    }
    self.connection = connection
    namespace = try section["namespace"]?.text() ?? "default"
    name = try section["name"]?.text() ?? "scaler"
    let durationField = section["duration"]
    duration = try durationField?.wholeSeconds() ?? .seconds(6)
    if let durationField, !(Duration.seconds(3)...Duration.seconds(600)).contains(duration) {
      throw durationField.refusal("must be between 3s and 10m, not `\(try durationField.text())`")
    }
  }
}
