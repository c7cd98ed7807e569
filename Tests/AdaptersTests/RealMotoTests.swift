import Domain
import Foundation
import Testing

@testable import Adapters

@Suite("A real moto server", .enabled(if: isInstalled("moto_server"), "needs PyPI's moto[server]"))
struct RealMotoTests {
  private func query(
    _ url: String, _ service: String, _ version: String, _ keys: AWSCredentials
  ) -> AWSQueryClient {
    AWSQueryClient(
      endpoint: url + "/", region: "eu-west-1", service: service, version: version,
      credentials: { () throws(CloudError) in keys }, client: HTTPClient())
  }

  private func cloud(_ url: String, _ keys: AWSCredentials, _ web: ServiceID) throws
    -> AWSAutoScalingCloud
  {
    guard case .value(let secret) = keys.secretKey else { throw CloudError.malformed("no value") }
    let places = AWSCredentialPlaces(
      environment: ["AWS_ACCESS_KEY_ID": keys.accessKey, "AWS_SECRET_ACCESS_KEY": secret],
      region: "eu-west-1")
    return AWSAutoScalingCloud(
      region: "eu-west-1", groups: [web: "web"],
      credentials: AWSCredentialChain(places, now: { .wallClock }), endpoint: url + "/",
      now: { .wallClock })
  }

  @Test("checks our signatures and rights, raises MinSize and the size with it, holds the plan")
  func real() async throws {
    let port = try freePort()
    let url = "http://127.0.0.1:\(port)"
    let program = try RunningProgram(["moto_server", "-H", "127.0.0.1", "-p", "\(port)"])
    defer { withExtendedLifetime(program) {} }
    try await waitForServer(url + "/moto-api/data.json")
    let web = try #require(ServiceID("web"))
    let root = AWSCredentials(accessKey: "test", secretKey: .value("test"))
    let scaling = query(url, "autoscaling", "2011-01-01", root)
    let identity = query(url, "iam", "2010-05-08", root)
    func call(_ client: AWSQueryClient, _ action: String, _ fields: [(String, String)]) async throws
      -> XMLElement
    {
      try await client.call(action, fields, deadline: .seconds(30), retry: .never)
    }
    _ = try await call(
      scaling, "CreateLaunchConfiguration",
      [
        ("LaunchConfigurationName", "lc"), ("ImageId", "ami-12c6146b"),
        ("InstanceType", "t2.micro"),
      ])
    _ = try await call(
      scaling, "CreateAutoScalingGroup",
      [
        ("AutoScalingGroupName", "web"), ("LaunchConfigurationName", "lc"), ("MinSize", "1"),
        ("MaxSize", "10"), ("DesiredCapacity", "2"), ("AvailabilityZones.member.1", "eu-west-1a"),
      ])
    _ = try await call(identity, "CreateUser", [("UserName", "scaler")])
    let rights =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":["autoscaling:DescribeAutoScalingGroups","autoscaling:UpdateAutoScalingGroup","autoscaling:SetDesiredCapacity","autoscaling:DescribeScheduledActions","autoscaling:BatchPutScheduledUpdateGroupAction","autoscaling:BatchDeleteScheduledAction"]}]}"#
    _ = try await call(
      identity, "PutUserPolicy",
      [("UserName", "scaler"), ("PolicyName", "scaler"), ("PolicyDocument", rights)])
    let made = try await call(identity, "CreateAccessKey", [("UserName", "scaler")])
    let key = try #require(made.descend("CreateAccessKeyResult", "AccessKey"))
    let keys = AWSCredentials(
      accessKey: try #require(key.text("AccessKeyId")),
      secretKey: .value(try #require(key.text("SecretAccessKey"))))
    // From here on moto checks every signature and right.
    let enforced = try await HTTPClient().send(
      HTTPRequest(
        .post, url + "/moto-api/reset-auth", headers: [HTTPHeader("Content-Type", "text/plain")],
        body: Array("0".utf8)), deadline: .seconds(20))
    try #require(enforced.isSuccess)

    let cloud = try cloud(url, keys, web)
    let now = Timestamp.wallClock
    func command(_ replicas: Int, _ kind: ScaleCommand.Kind) -> ScaleCommand {
      ScaleCommand(
        decision: DecisionID(1), service: web, kind: kind, replicas: replicas, fencingToken: 0,
        validUntil: now + .seconds(600))
    }
    #expect(
      await cloud.observe([web], at: now) == [FleetReading(ready: 2, pending: [], min: 1, max: 10)])
    #expect(try await cloud.apply(command(5, .floor)) == .accepted(replicas: 5))
    #expect(
      await cloud.observe([web], at: now) == [FleetReading(ready: 5, pending: [], min: 5, max: 10)])
    #expect(try await cloud.apply(command(50, .desired)) == .accepted(replicas: 10))
    #expect(await cloud.observe([web], at: now).first?.ready == 10)
    #expect(try await cloud.apply(command(10, .desired)) == .unchanged)

    let hour = now.floored(to: .seconds(3600)) + .seconds(3600)
    var plan = FloorPlan(
      service: web, time: now,
      floors: (0..<60).map {
        ScheduledFloor(from: hour + .seconds($0 * 1800), replicas: 3 + $0 % 5)
      }, fencingToken: 0)
    try await cloud.schedule(plan)
    #expect(try await cloud.scheduledActions(of: "web").count == 60)
    plan.floors.removeLast(56)
    try await cloud.schedule(plan)
    #expect(try await cloud.scheduledActions(of: "web").count == 4)
    try await cloud.cancelSchedule(of: web)
    #expect(try await cloud.scheduledActions(of: "web").isEmpty)

    let stranger = try self.cloud(
      url, AWSCredentials(accessKey: keys.accessKey, secretKey: .value("wrong")), web)
    let problem = try #require(await stranger.observe([web], at: now).first?.problem)
    #expect(problem.hasPrefix("SignatureDoesNotMatch"))
    await #expect(throws: CloudError.self) { try await stranger.apply(command(3, .floor)) }
  }
}
