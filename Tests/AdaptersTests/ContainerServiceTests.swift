import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("The ECS adapter")
struct ContainerServiceTests {
  private let web: ServiceID
  private let time = ManualTime(1_800_000_000)

  init() throws { web = try #require(ServiceID("web")) }

  private func cloud(_ server: ScriptedServer) -> AWSContainerServiceCloud {
    return AWSContainerServiceCloud(
      region: "eu-west-1", targets: [web: .init(cluster: "shop", service: "web")],
      credentials: .given(region: "eu-west-1", now: { [time] in time.now }),
      endpoint: server.url, now: { [time] in time.now })
  }

  private func command(_ replicas: Int, _ kind: ScaleCommand.Kind) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(1), service: web, kind: kind, replicas: replicas, fencingToken: 0,
      validUntil: time.now + .seconds(60))
  }

  private static func action(_ request: ScriptedServer.Request) -> String {
    String((request.headers["x-amz-target"] ?? "").split(separator: ".").last ?? "")
  }

  private static let target =
    #"{"ResourceId":"service/shop/web","MinCapacity":2,"MaxCapacity":10,"SuspendedState":{"DynamicScalingInSuspended":SUSPENDED,"DynamicScalingOutSuspended":SUSPENDED,"ScheduledScalingSuspended":SUSPENDED}}"#

  private func server(
    service: String = #""desiredCount":5,"runningCount":3,"status":"ACTIVE""#,
    targets: String = target.replacingOccurrences(of: "SUSPENDED", with: "false"),
    held: String = "", reply: ScriptedServer.Reply = .answer(200, body: "{}")
  ) throws -> ScriptedServer {
    try ScriptedServer { request, _ in
      switch Self.action(request) {
      case "DescribeServices":
        .answer(200, body: #"{"services":[{"serviceName":"web",\#(service)}],"failures":[]}"#)
      case "DescribeScalableTargets":
        .answer(200, body: #"{"ScalableTargets":[\#(targets)]}"#)
      case "DescribeScheduledActions":
        .answer(200, body: #"{"ScheduledActions":[\#(held)]}"#)
      default: reply
      }
    }
  }

  private func writes(_ server: ScriptedServer) -> [ScriptedServer.Request] {
    server.requests.filter { !Self.action($0).hasPrefix("Describe") }
  }

  @Test("running tasks are ready, wanted ones pending since first missed; a rollout is seen")
  func reading() async throws {
    let server = try server(
      service:
        #""desiredCount":5,"runningCount":3,"status":"ACTIVE","deployments":[{"status":"PRIMARY"},{"status":"ACTIVE"}]"#
    )
    #expect(
      await cloud(server).observe([web], at: time.now) == [
        FleetReading(
          ready: 3, pending: [PendingBatch(count: 2, since: time.now)], min: 2, max: 10,
          owner: "Application Auto Scaling", isRollingOut: true)
      ])
    #expect(
      server.requests[0].text == #"{"cluster":"shop","services":["web"]}"#)
    #expect(
      server.requests[1].text
        == #"{"ResourceIds":["service/shop/web"],"ScalableDimension":"ecs:service:DesiredCount","ServiceNamespace":"ecs"}"#
    )
  }

  @Test("a floor sets MinCapacity alone, within the upper bound")
  func floor() async throws {
    let server = try server()
    let cloud = cloud(server)
    #expect(try await cloud.apply(command(2, .floor)) == .unchanged)
    #expect(try await cloud.apply(command(50, .floor)) == .accepted(replicas: 10))
    #expect(writes(server).map(Self.action) == ["RegisterScalableTarget"])
    #expect(
      writes(server).first?.text
        == #"{"MinCapacity":10,"ResourceId":"service/shop/web","ScalableDimension":"ecs:service:DesiredCount","ServiceNamespace":"ecs"}"#
    )
  }

  @Test("a size is refused while Application Auto Scaling would write it back, a floor without it")
  func ownership() async throws {
    let scaled = try server()
    let unscaled = try server(targets: "")
    guard
      case .refused(let owned) = try await cloud(scaled).apply(command(7, .desired)),
      case .refused(let free) = try await cloud(unscaled).apply(command(7, .floor))
    else {
      Issue.record("taken")
      return
    }
    #expect(writes(scaled).isEmpty)
    #expect(writes(unscaled).isEmpty)
    #expect(owned.contains("use the mode floor, or suspend its dynamic scaling"))
    #expect(free.contains("not registered with Application Auto Scaling"))
    let suspended = try server(
      targets: Self.target.replacingOccurrences(of: "SUSPENDED", with: "true"))
    let cloud = cloud(suspended)
    #expect(try await cloud.apply(command(50, .desired)) == .accepted(replicas: 10))
    #expect(
      writes(suspended).map(\.text) == [#"{"cluster":"shop","desiredCount":10,"service":"web"}"#])
    let hour = time.now + .seconds(3600)
    await #expect(throws: CloudError.self) {
      try await cloud.schedule(
        FloorPlan(
          service: web, time: time.now, floors: [.init(from: hour, replicas: 4)], fencingToken: 0))
    }
  }

  @Test(
    "what has no size is neither read nor commanded",
    arguments: [
      #""desiredCount":5,"runningCount":3,"status":"DRAINING""#,
      #""desiredCount":5,"runningCount":3,"status":"ACTIVE","schedulingStrategy":"DAEMON""#,
    ])
  func obstacles(service: String) async throws {
    let server = try server(service: service)
    let cloud = cloud(server)
    let reading = try #require(await cloud.observe([web], at: time.now).first)
    #expect(reading.ready == nil)
    #expect(reading.problem != nil)
    guard case .refused = try await cloud.apply(command(7, .floor)) else {
      Issue.record("taken")
      return
    }
    #expect(writes(server).isEmpty)
  }

  @Test("while the bounds cannot be read the tasks are, and nothing is concluded from their lack")
  func unknownBounds() async throws {
    let server = try ScriptedServer { request, number in
      switch Self.action(request) {
      case "DescribeServices":
        .answer(
          200,
          body:
            #"{"services":[{"serviceName":"web","desiredCount":5,"runningCount":5,"status":"ACTIVE"}]}"#
        )
      default:
        .answer(400, body: #"{"__type":"AccessDeniedException","message":"no"}"#)
      }
    }
    let cloud = cloud(server)
    let reading = try #require(await cloud.observe([web], at: time.now).first)
    #expect(reading.ready == 5)
    #expect(reading.problem == "AccessDeniedException: no")
    await #expect(throws: CloudError.denied("AccessDeniedException: no")) {
      try await cloud.apply(command(7, .desired))
    }
    #expect(writes(server).isEmpty)
  }

  @Test("a plan keeps what is held already, adds before it removes, and leaves others' actions")
  func plan() async throws {
    func action(_ name: String, _ time: String, _ floor: Int) -> String {
      #"{"ScheduledActionName":"\#(name)","Schedule":"at(\#(time))","ScalableTargetAction":{"MinCapacity":\#(floor)}}"#
    }
    let server = try server(
      held: [
        action("scaler-20270115T0900Z", "2027-01-15T09:00:00", 9),
        action("scaler-20270115T0700Z", "2027-01-15T07:00:00", 3),
        action("night", "2027-01-15T22:00:00", 1),
      ].joined(separator: ","))
    let hour = time.now + .seconds(3600)
    try await cloud(server).schedule(
      FloorPlan(
        service: web, time: time.now,
        floors: [.init(from: hour, replicas: 9), .init(from: hour + .seconds(1800), replicas: 4)],
        fencingToken: 0))
    #expect(writes(server).map(Self.action) == ["PutScheduledAction", "DeleteScheduledAction"])
    #expect(
      writes(server)[0].text
        == #"{"ResourceId":"service/shop/web","ScalableDimension":"ecs:service:DesiredCount","ScalableTargetAction":{"MinCapacity":4},"Schedule":"at(2027-01-15T09:30:00)","ScheduledActionName":"scaler-20270115T0930Z","ServiceNamespace":"ecs"}"#
    )
    #expect(writes(server)[1].text.contains("scaler-20270115T0700Z"))
  }

  @Test(
    "F-47 F-48 F-49 F-53 F-54 F-56 the codes of AWS' JSON services become what the caller does next",
    arguments: [
      (400, "ThrottlingException", "unavailable"),
      (400, "ConcurrentUpdateException", "unavailable"),
      (400, "AccessDeniedException", "denied"), (400, "UnrecognizedClientException", "denied"),
      (400, "ServiceNotFoundException", "notFound"), (400, "ClusterNotFoundException", "notFound"),
      (400, "ValidationException", "malformed"), (500, "InternalServiceException", "unknownResult"),
      (400, "InsufficientCapacity", "unavailable"),
    ])
  func errors(status: Int, code: String, expected: String) async throws {
    let server = try server(
      reply: .answer(
        status, headers: ["Retry-After": "100"],
        body: #"{"__type":"com.amazonaws.x#\#(code)","message":"because"}"#))
    do throws(CloudError) {
      _ = try await cloud(server).apply(command(6, .floor))
      Issue.record("taken")
    } catch {
      #expect("\(error)".hasPrefix(expected), "\(error)")
      #expect("\(error)".contains("\(code): because"))
    }
    #expect(writes(server).count == 1)
  }

  @Test("F-54 keys that ran out are fetched anew, once")
  func renewal() async throws {
    let server = try ScriptedServer { request, _ in
      if request.path == "/creds" {
        return .answer(
          200,
          body:
            #"{"AccessKeyId":"C","SecretAccessKey":"c","Token":"t","Expiration":"2027-01-16T09:00:00Z"}"#
        )
      }
      return .answer(400, body: #"{"__type":"ExpiredTokenException","message":"old"}"#)
    }
    let places = AWSCredentialPlaces(
      environment: [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/creds",
        "AWS_SHARED_CREDENTIALS_FILE": "/none",
      ], region: "r")
    let cloud = AWSContainerServiceCloud(
      region: "r", targets: [web: .init(cluster: "shop", service: "web")],
      credentials: AWSCredentialChain(places, now: { [time] in time.now }), endpoint: server.url,
      now: { [time] in time.now })
    let reading = try #require(await cloud.observe([web], at: time.now).first)
    #expect(reading.problem == "ExpiredTokenException: old")
    #expect(server.requests.map(\.path) == ["/creds", "/", "/creds", "/"])
  }
}
