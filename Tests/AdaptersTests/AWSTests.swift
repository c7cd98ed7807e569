import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("The XML of AWS")
struct XMLElementTests {
  @Test("elements, texts, members and entities are read; attributes and comments passed over")
  func reading() throws {
    let text =
      "<?xml version=\"1.0\"?>\n<R xmlns=\"a>b\"><!-- x --><L><member><N>a &amp;lt; b</N></member>"
      + "<member/></L><C> 3 </C></R>\n"
    let root = try #require(XMLElement.parse(Array(text.utf8)))
    #expect(root.name == "R")
    #expect(root.members("L").count == 2)
    #expect(root.members("L").first?.text("N") == "a &lt; b")
    #expect(root.descend("L", "member", "N")?.text == "a &lt; b")
  }

  @Test(
    "what is not one well-formed element is refused",
    arguments: [
      "", "text", "<a>", "<a></b>", "<a><b></a>", "<!DOCTYPE a><a/>", "<a/><b/>", "<a", "<>x</>",
      "<!doctype html>\n<html></html>", String(repeating: "<a>", count: 100_000),
    ])
  func refusals(text: String) {
    #expect(XMLElement.parse(Array(text.utf8)) == nil)
  }
}

@Suite("AWS credentials")
struct AWSCredentialTests {
  private let time = ManualTime(1_800_000_000)

  private func chain(
    _ environment: [String: String], metadata: String? = nil, tokenService: String = ""
  ) -> AWSCredentialChain {
    var places = AWSCredentialPlaces(environment: environment, region: "eu-west-1")
    places.metadataURL = metadata
    places.tokenServiceURL = tokenService
    return AWSCredentialChain(places, now: { [time] in time.now })
  }

  @Test("the environment comes first, then the profile that is asked for")
  func order() async throws {
    let folder = try TemporaryFolder()
    let file = folder.url("credentials")
    try Data(
      "[default]\naws_access_key_id = D\naws_secret_access_key=d\n\n[other]\naws_access_key_id=O\naws_secret_access_key = o\naws_session_token = t\n"
        .utf8
    ).write(to: file)
    let shared = ["AWS_SHARED_CREDENTIALS_FILE": file.path]
    let keys = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e"]
    #expect(try await chain(shared.merging(keys) { $1 }).credentials().accessKey == "E")
    #expect(
      try await chain(shared).credentials()
        == AWSCredentials(accessKey: "D", secretKey: .value("d")))
    #expect(
      try await chain(shared.merging(["AWS_PROFILE": "other"]) { $1 }).credentials()
        == AWSCredentials(accessKey: "O", secretKey: .value("o"), sessionToken: .value("t")))
    await #expect(
      throws: CloudError.denied(
        "no AWS credentials in the environment, /none/credentials, or from the machine")
    ) {
      try await chain(["AWS_SHARED_CREDENTIALS_FILE": "/none/credentials"]).credentials()
    }
  }

  @Test("the instance's role is read with a session token and renewed before it ends")
  func instance() async throws {
    let server = try ScriptedServer { request, number in
      switch (request.method, request.path) {
      case ("PUT", "/latest/api/token"): return .answer(200, body: "session")
      case ("GET", _) where request.headers["x-aws-ec2-metadata-token"] != "session":
        return .answer(401)
      case ("GET", "/latest/meta-data/iam/security-credentials/"):
        return .answer(200, body: "role\n")
      case ("GET", "/latest/meta-data/iam/security-credentials/role"):
        return number > 6
          ? .answer(500)
          : .answer(
            200,
            body:
              #"{"Code":"Success","AccessKeyId":"K\#(number)","SecretAccessKey":"s","Token":"t","Expiration":"2027-01-15T08:30:00Z"}"#
          )
      default: return .answer(404)
      }
    }
    let chain = chain(["AWS_SHARED_CREDENTIALS_FILE": "/none"], metadata: server.url)
    let first = try await chain.credentials()
    #expect(first.accessKey == "K3")
    #expect(first.expiry?.description == "2027-01-15T08:30:00Z")
    time.set(1_800_000_000 + 1499)
    #expect(try await chain.credentials() == first)
    time.set(1_800_000_000 + 1500)
    #expect(try await chain.credentials().accessKey == "K6")
    #expect(try await chain.credentials().accessKey == "K6")
    time.set(1_800_000_000 + 1800)
    await #expect(throws: CloudError.self) { try await chain.credentials() }
  }

  @Test(
    "F-54 while renewing fails the old keys serve to their end, and then nobody is asked in vain")
  func endOfLife() async throws {
    let server = try ScriptedServer { _, number in
      number == 1
        ? .answer(
          200,
          body:
            #"{"AccessKeyId":"C","SecretAccessKey":"c","Token":"t","Expiration":"2027-01-15T09:00:00Z"}"#
        ) : .answer(500)
    }
    let chain = chain([
      "AWS_SHARED_CREDENTIALS_FILE": "/none",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/creds",
    ])
    #expect(try await chain.credentials().accessKey == "C")
    time.set(1_800_000_000 + 3599)
    #expect(try await chain.credentials().accessKey == "C")
    #expect(server.requests.count == 2)
    time.set(1_800_000_000 + 3600)
    await #expect {
      try await chain.credentials()
    } throws: { error in
      "\(error)".contains("container endpoint: the answer holds no credentials (HTTP 500)")
    }
  }

  @Test("F-54 an instance without version 2 of its metadata service gives no keys")
  func firstVersion() async throws {
    let server = try ScriptedServer { request, _ in
      request.method == "PUT" ? .answer(405) : .answer(200, body: "role")
    }
    await #expect(throws: CloudError.self) {
      try await chain(["AWS_SHARED_CREDENTIALS_FILE": "/none"], metadata: server.url).credentials()
    }
    #expect(server.requests.map(\.method) == ["PUT"])
  }

  @Test("containers and web identities give theirs")
  func others() async throws {
    let folder = try TemporaryFolder()
    let file = folder.url("token")
    try Data("jwt".utf8).write(to: file)
    let server = try ScriptedServer { request, _ in
      if request.path == "/creds", request.headers["authorization"] == "jwt" {
        return .answer(
          200,
          body:
            #"{"AccessKeyId":"C","SecretAccessKey":"c","Token":"t","Expiration":"2027-01-15T09:00:00Z"}"#
        )
      }
      guard request.form["WebIdentityToken"] == "jwt", request.form["RoleArn"] == "arn" else {
        return .answer(403)
      }
      return .answer(
        200,
        body:
          "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
          + "<AccessKeyId>W</AccessKeyId><SecretAccessKey>w</SecretAccessKey><SessionToken>t</SessionToken>"
          + "<Expiration>2027-01-15T09:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
      )
    }
    let none = ["AWS_SHARED_CREDENTIALS_FILE": "/none"]
    let container = chain(
      none.merging([
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/creds",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file.path,
      ]) { $1 })
    #expect(try await container.credentials().accessKey == "C")
    let identity = chain(
      none.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": file.path, "AWS_ROLE_ARN": "arn"]) { $1 },
      tokenService: server.url)
    #expect(try await identity.credentials().accessKey == "W")
  }
}

@Suite("The Auto Scaling adapter")
struct AWSAutoScalingTests {
  private let web: ServiceID
  private let time = ManualTime(1_800_000_000)

  init() throws { web = try #require(ServiceID("web")) }

  private func cloud(_ server: ScriptedServer) -> AWSAutoScalingCloud {
    return AWSAutoScalingCloud(
      region: "eu-west-1", groups: [web: "web-asg"],
      credentials: .given(region: "eu-west-1", now: { [time] in time.now }),
      endpoint: server.url, now: { [time] in time.now })
  }

  private func command(_ replicas: Int, _ kind: ScaleCommand.Kind) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(1), service: web, kind: kind, replicas: replicas, fencingToken: 0,
      validUntil: time.now + .seconds(60))
  }

  private static func group(
    desired: Int = 4, inService: Int = 4, pending: [String] = [], extra: String = ""
  ) -> String {
    let serving = (0..<inService).map {
      "<member><InstanceId>i-\($0)</InstanceId><LifecycleState>InService</LifecycleState><HealthStatus>Healthy</HealthStatus></member>"
    }
    let booting = pending.map {
      "<member><InstanceId>\($0)</InstanceId><LifecycleState>Pending:Wait</LifecycleState><HealthStatus>Healthy</HealthStatus></member>"
    }
    return
      "<R><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><AutoScalingGroupName>web-asg</AutoScalingGroupName>"
      + "<MinSize>2</MinSize><MaxSize>10</MaxSize><DesiredCapacity>\(desired)</DesiredCapacity>"
      + "<Instances>\((serving + booting).joined())</Instances>\(extra)</member></AutoScalingGroups></DescribeAutoScalingGroupsResult></R>"
  }

  private func server(
    _ group: @escaping @Sendable (Int) -> String = { _ in Self.group() },
    reply: ScriptedServer.Reply = .answer(200, body: "<OK/>")
  ) throws -> ScriptedServer {
    try ScriptedServer { request, number in
      request.form["Action"] == "DescribeAutoScalingGroups"
        ? .answer(200, body: group(number)) : reply
    }
  }

  private func writes(_ server: ScriptedServer) -> [[String: String]] {
    server.requests.map(\.form).filter { $0["Action"] != "DescribeAutoScalingGroups" }
  }

  @Test("instances in service are ready; booting and missing ones are pending since first seen")
  func reading() async throws {
    let server = try server { number in
      switch number {
      case 1: Self.group(desired: 7, inService: 4, pending: ["i-a"])
      case 2: Self.group(desired: 7, inService: 4, pending: ["i-a", "i-b"])
      default:
        Self.group(
          desired: 6, inService: 6,
          extra: "<WarmPoolConfiguration/><WarmPoolSize>3</WarmPoolSize>")
      }
    }
    let cloud = cloud(server)
    let start = time.now
    #expect(
      await cloud.observe([web], at: start)
        == [
          FleetReading(ready: 4, pending: [PendingBatch(count: 3, since: start)], min: 2, max: 10)
        ])
    let later = start + .seconds(30)
    #expect(
      await cloud.observe([web], at: later) == [
        FleetReading(
          ready: 4,
          pending: [PendingBatch(count: 2, since: start), PendingBatch(count: 1, since: later)],
          min: 2, max: 10)
      ])
    #expect(
      await cloud.observe([web], at: later)
        == [FleetReading(ready: 6, pending: [], warm: 3, min: 2, max: 10)])
  }

  @Test("a floor sets MinSize alone, a size stays within the bounds, what is equal is not sent")
  func commands() async throws {
    let server = try server()
    let cloud = cloud(server)
    _ = await cloud.observe([web], at: time.now)
    #expect(try await cloud.apply(command(2, .floor)) == .unchanged)
    #expect(try await cloud.apply(command(4, .desired)) == .unchanged)
    #expect(writes(server).isEmpty)
    #expect(server.requests.count == 1)
    #expect(try await cloud.apply(command(6, .floor)) == .accepted(replicas: 6))
    #expect(try await cloud.apply(command(50, .floor)) == .accepted(replicas: 10))
    #expect(try await cloud.apply(command(50, .desired)) == .accepted(replicas: 10))
    #expect(try await cloud.apply(command(0, .desired)) == .accepted(replicas: 2))
    let version = ["Version": "2011-01-01", "AutoScalingGroupName": "web-asg"]
    #expect(
      writes(server) == [
        ["Action": "UpdateAutoScalingGroup", "MinSize": "6"].merging(version) { $1 },
        ["Action": "UpdateAutoScalingGroup", "MinSize": "10"].merging(version) { $1 },
        ["Action": "SetDesiredCapacity", "DesiredCapacity": "10", "HonorCooldown": "false"]
          .merging(version) { $1 },
        ["Action": "SetDesiredCapacity", "DesiredCapacity": "2", "HonorCooldown": "false"]
          .merging(version) { $1 },
      ])
  }

  @Test("a suspended process is respected and named")
  func suspended() async throws {
    let server = try server { _ in
      Self.group(
        extra:
          "<SuspendedProcesses><member><ProcessName>Launch</ProcessName></member></SuspendedProcesses>"
      )
    }
    let cloud = cloud(server)
    #expect(
      try await cloud.apply(command(8, .desired))
        == .refused("the process Launch of web-asg is suspended"))
    // A floor above the size would launch as well.
    #expect(
      try await cloud.apply(command(8, .floor))
        == .refused("the process Launch of web-asg is suspended"))
    #expect(try await cloud.apply(command(3, .desired)) == .accepted(replicas: 3))
  }

  @Test(
    "F-47 F-49 F-50 F-53 F-54 F-56 AWS' codes become what the caller does next",
    arguments: [
      (400, "Throttling", "Rate exceeded", "unavailable"),
      (400, "ScalingActivityInProgress", "busy", "unavailable"),
      (403, "AccessDenied", "no", "denied"), (403, "SignatureDoesNotMatch", "no", "denied"),
      (403, "ExpiredToken", "no", "denied"),
      (400, "ValidationError", "AutoScalingGroup name not found - x", "notFound"),
      (400, "ValidationError", "New SetDesiredCapacity value 50 is above max", "malformed"),
      (500, "InternalFailure", "oh", "unknownResult"),
    ])
  func errors(status: Int, code: String, message: String, expected: String) async throws {
    let body =
      "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
    let server = try server(reply: .answer(status, headers: ["Retry-After": "100"], body: body))
    do throws(CloudError) {
      _ = try await cloud(server).apply(command(6, .floor))
      Issue.record("taken")
    } catch {
      #expect("\(error)".hasPrefix(expected), "\(error)")
    }
  }

  @Test("a group that is not there is not created, and other groups are read all the same")
  func absent() async throws {
    let shop = try #require(ServiceID("shop"))
    let server = try server()
    let cloud = AWSAutoScalingCloud(
      region: "eu-west-1", groups: [web: "web-asg", shop: "shop-asg"],
      credentials: .given(region: "eu-west-1", now: { [time] in time.now }),
      endpoint: server.url, now: { [time] in time.now })
    let readings = await cloud.observe([shop, web], at: time.now)
    #expect(readings.map(\.problem) == ["there is no Auto Scaling group shop-asg", nil])
    #expect(readings.map(\.ready) == [nil, 4])
    let names = server.requests[0].form.filter { $0.key.hasPrefix("AutoScalingGroupNames") }
    #expect(names.values.sorted() == ["shop-asg", "web-asg"])
    #expect(server.requests.count == 1)
  }

  @Test("a plan replaces what was left before, and leaves other people's actions alone")
  func plan() async throws {
    let server = try ScriptedServer { request, _ in
      switch request.form["Action"] {
      case "DescribeAutoScalingGroups": .answer(200, body: Self.group())
      case "DescribeScheduledActions":
        .answer(
          200,
          body:
            "<R><DescribeScheduledActionsResult><ScheduledUpdateGroupActions>"
            + "<member><ScheduledActionName>scaler-20270115T0900Z</ScheduledActionName></member>"
            + "<member><ScheduledActionName>scaler-20270115T0700Z</ScheduledActionName></member>"
            + "<member><ScheduledActionName>scaler-20270115T1000Z</ScheduledActionName>"
            + "<StartTime>2027-01-15T10:00:00Z</StartTime><MinSize>7</MinSize></member>"
            + "<member><ScheduledActionName>night</ScheduledActionName></member>"
            + "</ScheduledUpdateGroupActions></DescribeScheduledActionsResult></R>")
      default: .answer(200, body: "<R/>")
      }
    }
    let hour = time.now + .seconds(3600)
    try await cloud(server).schedule(
      FloorPlan(
        service: web, time: time.now,
        floors: [
          // In force since a while: a command's to set, and refused by AWS.
          ScheduledFloor(from: time.now - .seconds(300), replicas: 3),
          ScheduledFloor(from: time.now + .seconds(10), replicas: 8),
          ScheduledFloor(from: hour, replicas: 9),
          ScheduledFloor(from: hour + .seconds(1800), replicas: 4),
          ScheduledFloor(from: hour + .seconds(2400), replicas: 4),
          ScheduledFloor(from: hour + .seconds(3600), replicas: 7),
          ScheduledFloor(from: hour + .seconds(7200), replicas: 99),
        ], fencingToken: 0))
    let calls = server.requests.map(\.form)
    #expect(
      calls.map { $0["Action"] } == [
        "DescribeAutoScalingGroups", "DescribeScheduledActions",
        "BatchPutScheduledUpdateGroupAction", "BatchDeleteScheduledAction",
      ])
    #expect(calls[3]["ScheduledActionNames.member.1"] == "scaler-20270115T0700Z")
    #expect(calls[3]["ScheduledActionNames.member.2"] == nil)
    let member = "ScheduledUpdateGroupActions.member"
    #expect(calls[2]["\(member).1.StartTime"] == "2027-01-15T08:02:00Z")
    #expect(calls[2]["\(member).1.MinSize"] == "8")
    #expect(calls[2]["\(member).2.ScheduledActionName"] == "scaler-20270115T0900Z")
    #expect(calls[2]["\(member).2.StartTime"] == "2027-01-15T09:00:00Z")
    #expect(calls[2]["\(member).2.MinSize"] == "9")
    #expect(calls[2]["\(member).3.ScheduledActionName"] == "scaler-20270115T0930Z")
    // One is like the one before it, one is held already, the last is above the maximum.
    #expect(calls[2]["\(member).4.ScheduledActionName"] == "scaler-20270115T1100Z")
    #expect(calls[2]["\(member).4.MinSize"] == "10")
    #expect(calls[2]["\(member).5.ScheduledActionName"] == nil)
  }
}
