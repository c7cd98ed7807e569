import Control
import Domain

/// What FOCUS calls the thing that is scaled, as far as the configuration tells.
struct ResourceNames: Sendable, Equatable {
  var provider: String?
  var service: String?
  var region: String?
  var id: String?
  var name: String?
  var type: String?

  /// Nothing is known: the fleet, or a service without a cloud.
  init() {}

  init(_ service: ServiceConfiguration, clouds: [String: CloudConfiguration]) {
    guard let reference = service.cloud, let cloud = clouds[reference.name] else { return }
    let resource = reference.resource ?? service.policy.id.name
    id = resource
    name = resource
    switch cloud {
    case .autoScaling(let region, _):
      provider = "AWS"
      self.service = "Amazon Elastic Compute Cloud"
      self.region = region
      type = "Auto Scaling Group"
    case .kubernetes:
      type = reference.kind ?? "Deployment"
      id = (reference.namespace ?? "default") + "/" + resource
    default:
      type = reference.kind
    }
  }
}
