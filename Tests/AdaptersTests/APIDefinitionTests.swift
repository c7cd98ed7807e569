import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

/// Our requests, and the answers of the fake platforms that the other tests rely on, checked against
/// AWS' own published API definitions, as the `botocore` package carries them.
@Suite(
  "AWS' API definitions",
  .enabled(if: isInstalled("moto_server"), "needs PyPI's botocore, which comes with moto"))
struct APIDefinitionTests {
  /// Reads a list of exchanges; prints what the definitions do not know of them, or nothing.
  private static let checker = #"""
    import json, sys
    import botocore.session
    from botocore.parsers import create_parser
    from botocore.validate import ParamValidator

    def unknown(value, shape, path):
        """Members that a definition lacks, at any depth."""
        if shape.type_name == "structure" and isinstance(value, dict):
            for name, member in value.items():
                if name not in shape.members:
                    yield f"{path}.{name}"
                else:
                    yield from unknown(member, shape.members[name], f"{path}.{name}")
        elif shape.type_name == "list" and isinstance(value, list):
            for member in value:
                yield from unknown(member, shape.member, path)

    session = botocore.session.get_session()
    for call in json.load(sys.stdin):
        model = session.get_service_model(call["service"])
        operation = model.operation_model(call["operation"])
        title = f"{call['service']}:{call['operation']}"
        if call["protocol"] == "json":
            given = json.loads(call["body"])
            report = ParamValidator().validate(given, operation.input_shape)
            if report.has_errors():
                print(title, report.generate_report())
            reply = json.loads(call["reply"]) if operation.output_shape else {}
            for name in unknown(reply, operation.output_shape, "reply") if reply else []:
                print(title, name)
        else:
            for field in call["fields"]:
                shape = operation.input_shape
                for part in field.split("."):
                    if part == "member" or part.isdigit():
                        continue
                    if shape.type_name == "list":
                        shape = shape.member
                    if part not in shape.members:
                        print(title, field)
                        break
                    shape = shape.members[part]
            if operation.output_shape:
                parsed = create_parser("query").parse(
                    {"body": call["reply"].encode(), "headers": {}, "status_code": 200},
                    operation.output_shape)
                members = set(parsed) - {"ResponseMetadata"}
                if not members and call["operation"].startswith("Describe"):
                    print(title, "the reply holds nothing that the definition knows")
    """#

  private struct Call: Encodable {
    var service: String
    var operation: String
    var `protocol`: String
    var body = ""
    var fields: [String] = []
    var reply: String
  }

  private static let targets = [
    "AmazonEC2ContainerServiceV20141113": "ecs",
    "AnyScaleFrontendService": "application-autoscaling",
    "GraniteServiceVersion20100801": "cloudwatch",
  ]

  /// Every kind of call that an adapter makes.
  private func exchanges(_ implementation: CloudImplementation) async throws -> [Call] {
    let test = try CloudUnderTest(implementation)
    _ = await test.cloud.observe([test.web], at: test.time.now)
    for (index, kind) in implementation.kinds.enumerated() {
      _ = try await test.cloud.apply(test.command(9 + 3 * index, kind))
    }
    let hour = test.time.now + .seconds(3600)
    if implementation != .containerSize {
      try await test.cloud.schedule(
        FloorPlan(
          service: test.web, time: test.time.now, floors: [.init(from: hour, replicas: 9)],
          fencingToken: 1))
    }
    return (test.server?.requests ?? []).compactMap { request in
      guard
        case .answer(_, _, let reply) = test.platform.reply(to: request, implementation.wire)
      else { return nil }
      if let action = request.form["Action"] {
        let fields = request.form.keys.filter { $0 != "Action" && $0 != "Version" }
        return Call(
          service: "autoscaling", operation: action, protocol: "query", fields: fields.sorted(),
          reply: reply)
      }
      let parts = (request.headers["x-amz-target"] ?? "").split(separator: ".").map(String.init)
      return Call(
        service: Self.targets[parts.first ?? ""] ?? "", operation: parts.last ?? "",
        protocol: "json", body: request.text, reply: reply)
    }
  }

  private func check(_ calls: [Call]) async throws -> Program.Output {
    try await Program(arguments: ["python3", "-c", Self.checker], answerLimit: 1 << 20)
      .run([UInt8](try JSONEncoder().encode(calls)), timeLimit: .seconds(120))
  }

  @Test("know every member of our requests and of the fake platforms' answers")
  func known() async throws {
    var calls: [Call] = []
    for implementation in [CloudImplementation.autoScaling, .containerFloor, .containerSize] {
      calls += try await exchanges(implementation)
    }
    let server = try ScriptedServer { _, _ in
      .answer(
        200,
        body:
          #"{"MetricDataResults":[{"Id":"q0","Label":"x","Timestamps":[1],"Values":[2],"StatusCode":"Complete"}],"NextToken":null,"Messages":[]}"#
      )
    }
    let web = try #require(ServiceID("web"))
    let query = try #require(CloudWatchQuery("AWS/SQS:Messages{QueueName=q} Maximum"))
    let now = Timestamp(seconds: 1_800_000_000)
    _ = await CloudWatchSource(
      region: "r", services: [web: .init(demand: query)],
      credentials: MotoServer.chain(AWSCredentials(accessKey: "K", secretKey: .value("s"))),
      endpoint: server.url, now: { now }
    ).observe([web], at: now, deadline: .seconds(10))
    let asked = try #require(server.requests.first)
    calls.append(
      Call(
        service: "cloudwatch", operation: "GetMetricData", protocol: "json", body: asked.text,
        reply: #"{"MetricDataResults":[],"Messages":[]}"#))
    #expect(Set(calls.map(\.operation)).count == 13)
    let output = try await check(calls)
    #expect(output.status == 0, "\(output.complaints)")
    #expect(String(decoding: output.answer, as: UTF8.self) == "")
  }

  @Test("notice a member that AWS does not have")
  func unknown() async throws {
    let output = try await check([
      Call(
        service: "ecs", operation: "UpdateService", protocol: "json",
        body: #"{"service":"web","desiredcount":3}"#, reply: "{}"),
      Call(
        service: "autoscaling", operation: "UpdateAutoScalingGroup", protocol: "query",
        fields: ["AutoScalingGroupName", "MinimumSize"], reply: "<R/>"),
    ])
    let text = String(decoding: output.answer, as: UTF8.self)
    #expect(text.contains("desiredcount"), "\(output.complaints)")
    #expect(text.contains("autoscaling:UpdateAutoScalingGroup MinimumSize"))
  }
}
