import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("A real moto server", .enabled(if: isInstalled("moto_server"), "needs PyPI's moto[server]"))
struct RealMotoTests {
  private let web: ServiceID

  init() throws { web = try #require(ServiceID("web")) }

  private func command(_ replicas: Int, _ kind: ScaleCommand.Kind) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(1), service: web, kind: kind, replicas: replicas, fencingToken: 0,
      validUntil: .wallClock + .seconds(600))
  }

  private func plan(_ count: Int) -> FloorPlan {
    let now = Timestamp.wallClock
    let hour = now.floored(to: .seconds(3600)) + .seconds(3600)
    return FloorPlan(
      service: web, time: now,
      floors: (0..<count).map {
        ScheduledFloor(from: hour + .seconds(Int64($0) * 1800), replicas: 3 + $0 % 5)
      }, fencingToken: 0)
  }

  @Test(
    "F-54 checks our signatures and rights, raises MinSize and the size with it, holds the plan")
  func autoScaling() async throws {
    let moto = try await MotoServer { url in
      let scaling = MotoServer.query(url, "autoscaling", "2011-01-01")
      _ = try await scaling.call(
        "CreateLaunchConfiguration",
        [
          ("LaunchConfigurationName", "lc"), ("ImageId", "ami-12c6146b"),
          ("InstanceType", "t2.micro"),
        ], deadline: .seconds(30), retry: .never)
      _ = try await scaling.call(
        "CreateAutoScalingGroup",
        [
          ("AutoScalingGroupName", "web"), ("LaunchConfigurationName", "lc"), ("MinSize", "1"),
          ("MaxSize", "10"), ("DesiredCapacity", "2"), ("AvailabilityZones.member.1", "eu-west-1a"),
          ("Tags.member.1.Key", "scaler"), ("Tags.member.1.Value", "managed"),
          ("Tags.member.1.ResourceId", "web"),
          ("Tags.member.1.ResourceType", "auto-scaling-group"),
          ("Tags.member.1.PropagateAtLaunch", "false"),
        ], deadline: .seconds(30), retry: .never)
    }
    func cloud(_ keys: AWSCredentials) -> AWSAutoScalingCloud {
      AWSAutoScalingCloud(
        region: "eu-west-1", groups: [web: "web"], credentials: MotoServer.chain(keys),
        endpoint: moto.url + "/", now: { .wallClock })
    }
    let own = cloud(moto.keys)
    let now = Timestamp.wallClock
    #expect(
      await own.observe([web], at: now) == [FleetReading(ready: 2, pending: [], min: 1, max: 10)])
    #expect(try await own.apply(command(5, .floor)) == .accepted(replicas: 5))
    #expect(
      await own.observe([web], at: now) == [FleetReading(ready: 5, pending: [], min: 5, max: 10)])
    #expect(try await own.apply(command(50, .desired)) == .accepted(replicas: 10))
    #expect(await own.observe([web], at: now).first?.ready == 10)
    #expect(try await own.apply(command(10, .desired)) == .unchanged)

    try await own.schedule(plan(60))
    let held = try await own.scheduledActions(of: "web")
    #expect(held.count == 60)
    #expect(held.first?.replicas == 3)
    try await own.schedule(plan(4))
    #expect(try await own.scheduledActions(of: "web").count == 4)
    try await own.cancelSchedule(of: web)
    #expect(try await own.scheduledActions(of: "web").isEmpty)

    let stranger = cloud(
      AWSCredentials(accessKey: moto.keys.accessKey, secretKey: .value("wrong")))
    let problem = try #require(await stranger.observe([web], at: now).first?.problem)
    #expect(problem.hasPrefix("SignatureDoesNotMatch"))
    await #expect(throws: CloudError.self) { try await stranger.apply(command(3, .floor)) }
  }

  private struct Named: Encodable {
    var clusterName: String
  }

  private struct Definition: Encodable {
    struct Container: Encodable {
      var name: String
      var image: String
      var memory: Int
    }

    var family: String
    var containerDefinitions: [Container]
  }

  private struct Service: Encodable {
    var cluster: String
    var serviceName: String
    var taskDefinition: String
    var desiredCount: Int
  }

  private struct Target: Encodable {
    var serviceNamespace = "ecs"
    var resourceId = "service/shop/web"
    var scalableDimension = "ecs:service:DesiredCount"
    var minCapacity = 1
    var maxCapacity = 10
  }

  @Test(
    "ECS sizes, Application Auto Scaling floors and scheduled actions, with the policy's rights")
  func containers() async throws {
    let target = "AmazonEC2ContainerServiceV20141113"
    let moto = try await MotoServer { url in
      let ecs = MotoServer.json(url, "ecs", target: target, naming: .camelCase)
      func make(_ action: String, _ input: some Encodable) async throws {
        _ = try await ecs.call(
          action, input, as: AWSJSONClient.Nothing.self, deadline: .seconds(30), retry: .never)
      }
      try await make("CreateCluster", Named(clusterName: "shop"))
      try await make(
        "RegisterTaskDefinition",
        Definition(
          family: "web", containerDefinitions: [.init(name: "web", image: "web", memory: 64)]))
      for name in ["web", "free"] {
        try await make(
          "CreateService",
          Service(cluster: "shop", serviceName: name, taskDefinition: "web", desiredCount: 2))
      }
      let bounds = MotoServer.json(
        url, "application-autoscaling", target: "AnyScaleFrontendService", naming: .capitalised)
      _ = try await bounds.call(
        "RegisterScalableTarget", Target(), as: AWSJSONClient.Nothing.self,
        deadline: .seconds(30), retry: .never)
    }
    let free = try #require(ServiceID("free"))
    let cloud = AWSContainerServiceCloud(
      region: "eu-west-1",
      targets: [
        web: .init(cluster: "shop", service: "web"), free: .init(cluster: "shop", service: "free"),
      ], credentials: MotoServer.chain(moto.keys), endpoint: moto.url + "/", now: { .wallClock })
    let now = Timestamp.wallClock
    let before = await cloud.observe([web, free], at: now)
    #expect(before.map(\.problem) == [nil, nil])
    #expect(before.map(\.min) == [1, nil])
    #expect(before.map(\.owner) == ["Application Auto Scaling", nil])
    // moto starts no tasks: what is wanted is on its way.
    #expect(
      before.map { ($0.ready ?? 0) + ($0.pending ?? []).reduce(0) { $0 + $1.count } } == [2, 2])

    #expect(try await cloud.apply(command(5, .floor)) == .accepted(replicas: 5))
    #expect(try await cloud.apply(command(50, .floor)) == .accepted(replicas: 10))
    #expect(await cloud.observe([web], at: now).first?.min == 10)
    guard case .refused = try await cloud.apply(command(4, .desired)) else {
      Issue.record("a size was written that Application Auto Scaling owns")
      return
    }
    var size = command(7, .desired)
    size.service = free
    #expect(try await cloud.apply(size) == .accepted(replicas: 7))
    #expect(try await cloud.apply(size) == .unchanged)

    try await cloud.schedule(plan(5))
    #expect(try await cloud.actionsHeld(for: web).map(\.replicas) == [3, 4, 5, 6, 7])
    try await cloud.schedule(plan(2))
    #expect(try await cloud.actionsHeld(for: web).count == 2)
    try await cloud.cancelSchedule(of: web)
    #expect(try await cloud.actionsHeld(for: web).isEmpty)
  }
}
