import Adapters
import Control
import Domain
import Foundation
import Yams

/// One entry of `clouds:`.
enum CloudConfiguration: Sendable {
  /// A cloud without a cloud: fleets that boot, serve and queue.
  case simulated(boot: Duration)
  case webhook(url: String, secret: Secret?, options: HTTPOptions)
  case exec(command: [String])
  case autoScaling(region: String, endpoint: String?)
  case containerServices(region: String, endpoint: String?)
  case kubernetes(KubernetesConnection)

  static let catalogue = [
    (kind: "simulated", what: "fleets that boot, serve and queue in memory; floor and desired"),
    (kind: "webhook", what: "signed CloudEvents to a URL of yours; floor and desired"),
    (kind: "exec", what: "a command of yours with JSON in and out; floor and desired"),
    (
      kind: "kubernetes",
      what: "workloads with a scale subresource: floor (HPA, KEDA, CapacityBuffer) and desired"
    ),
    (kind: "aws-autoscaling", what: "EC2 Auto Scaling groups: floor (MinSize), desired, plans"),
    (kind: "aws-ecs", what: "ECS services: floor (Application Auto Scaling), desired, plans"),
  ]

  init(_ field: YAMLField, relativeTo file: String) throws {
    switch try field.kind(among: Self.catalogue.map(\.kind), of: "cloud") {
    case "webhook":
      let section = try field.section(
        ["kind", "url", "secret", "secret_file"] + HTTPSection.keys)
      let isSigned = section["secret"] != nil || section["secret_file"] != nil
      self = .webhook(
        url: try section.required("url").url(),
        secret: isSigned ? try HTTPSection.secret(section, "secret", relativeTo: file) : nil,
        options: try HTTPSection.options(section, relativeTo: file))
    case "exec":
      let section = try field.section(["kind", "command"])
      let field = try section.required("command")
      let command = try field.list().map { try $0.text() }
      guard !command.isEmpty else { throw field.refusal("needs a program to run") }
      self = .exec(command: command)
    case "aws-autoscaling":
      let section = try field.section(["kind", "region", "endpoint"])
      self = .autoScaling(
        region: try section.required("region").text(), endpoint: try section["endpoint"]?.url())
    case "aws-ecs":
      let section = try field.section(["kind", "region", "endpoint"])
      self = .containerServices(
        region: try section.required("region").text(), endpoint: try section["endpoint"]?.url())
    case "kubernetes":
      let section = try field.section(["kind", "kubeconfig", "context"])
      self = .kubernetes(try Self.connection(section, relativeTo: file))
    default:
      let section = try field.section(["kind", "boot"])
      self = .simulated(boot: try section["boot"]?.duration() ?? .seconds(60))
    }
  }

  /// In-cluster, or from a kubeconfig.
  private static func connection(
    _ section: YAMLSection, relativeTo file: String
  ) throws -> KubernetesConnection {
    guard let field = section["kubeconfig"] else {
      guard let inside = KubernetesConnection(environment: ProcessInfo.processInfo.environment)
      else {
        throw section.field.refusal(
          "needs `kubeconfig`: this process does not run in a pod with a service account")
      }
      return inside
    }
    let path = ServeConfiguration.path(try field.text(), relativeTo: file)
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      return try KubernetesConnection(
        try YAMLDecoder().decode(Kubeconfig.self, from: data),
        context: try section["context"]?.text(),
        folder: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    } catch {
      throw field.refusal("names `\(path)`, which cannot be used: \(error)")
    }
  }

  /// What a service scales in Kubernetes.
  private static func target(of service: ServiceConfiguration) throws -> KubernetesCloud.Target {
    let cloud = service.cloud
    var kind = KubernetesKind.deployment
    if let cloud, let text = cloud.kind {
      guard let named = KubernetesKind(text) else {
        throw cloud.place.refusal(
          "has the kind `\(text)`: Deployment, StatefulSet and CapacityBuffer are known, others are "
            + "written with their version, such as `argoproj.io/v1alpha1/Rollout`")
      }
      kind = named
    }
    return KubernetesCloud.Target(
      kind: kind, namespace: cloud?.namespace ?? "default",
      name: cloud?.resource ?? service.policy.id.name)
  }

  /// `resource: cluster/service`, or the cluster as `namespace`.
  private static func containerService(
    of service: ServiceConfiguration
  ) -> AWSContainerServiceCloud.Target {
    let name = service.cloud?.resource ?? service.policy.id.name
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    return parts.count == 2
      ? .init(cluster: parts[0], service: parts[1])
      : .init(cluster: service.cloud?.namespace ?? "default", service: name)
  }

  /// The platform itself; nil for the simulated one, which needs to know the demand.
  ///
  /// - Parameters:
  ///   - leadership: Whose Lease is read before a size is written, if this platform holds it.
  ///   - limiters: What the clouds of a configuration share: this process has one account.
  func adapter(
    for services: [ServiceConfiguration], leadership: LeadershipConfiguration? = nil,
    limiters: CallLimiters = CallLimiters(), now: @escaping @Sendable () -> Timestamp
  ) throws -> (any CloudAdapter)? {
    func named<Target>(_ target: (ServiceConfiguration) throws -> Target) rethrows
      -> [ServiceID: Target]
    {
      let pairs = try services.map { ($0.policy.id, try target($0)) }
      return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
    switch self {
    case .simulated: return nil
    case .webhook(let url, let secret, let options):
      return WebhookCloud(url: url, secret: secret, options: options, now: now)
    case .exec(let command): return ExecCloud(command: command, now: now)
    case .kubernetes(let connection):
      var lease: KubernetesCloud.LeaseName?
      if let leadership, leadership.connection.server == connection.server {
        lease = .init(namespace: leadership.namespace, name: leadership.name)
      }
      return KubernetesCloud(
        connection, targets: try named(Self.target), lease: lease,
        instance: ProcessInfo.processInfo.hostName, limiters: limiters, now: now)
    case .autoScaling(let region, let endpoint):
      return AWSAutoScalingCloud(
        region: region, groups: named { $0.cloud?.resource ?? $0.policy.id.name },
        credentials: AWSCredentialChain(region: region, now: now), endpoint: endpoint,
        limiter: limiters.limiter(
          "autoscaling \(endpoint ?? region)", AWSAutoScalingCloud.allowance), now: now)
    case .containerServices(let region, let endpoint):
      return AWSContainerServiceCloud(
        region: region, targets: named(Self.containerService),
        credentials: AWSCredentialChain(region: region, now: now), endpoint: endpoint,
        limiter: limiters.limiter(
          "ecs \(endpoint ?? region)", AWSContainerServiceCloud.allowance),
        boundsLimiter: limiters.limiter(
          "application-autoscaling \(endpoint ?? region)",
          AWSContainerServiceCloud.boundsAllowance), now: now)
    }
  }
}
