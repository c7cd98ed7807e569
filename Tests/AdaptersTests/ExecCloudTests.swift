import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("The exec cloud")
struct ExecCloudTests {
  private let web: ServiceID
  private let folder: TemporaryFolder
  private let now = Timestamp(seconds: 1_800_000_000)

  init() throws {
    web = try #require(ServiceID("web"))
    folder = try TemporaryFolder()
  }

  /// The program is a shell script here; what starts it is no shell.
  private func cloud(
    _ script: String, named name: String = UUID().uuidString, timeLimit: Duration = .seconds(10)
  ) throws -> ExecCloud {
    let file = folder.url(name)
    try Data(("#!/bin/sh\n" + script).utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    return ExecCloud(
      command: [file.path, "a b; exit 1"], timeLimit: timeLimit, now: { [now] in now })
  }

  private func outcome(_ cloud: ExecCloud) async -> Result<ScaleOutcome, CloudError> {
    do throws(CloudError) {
      return .success(
        try await cloud.apply(
          ScaleCommand(
            decision: DecisionID(7), service: web, kind: .floor, replicas: 8, fencingToken: 3,
            validUntil: now + .seconds(60))))
    } catch {
      return .failure(error)
    }
  }

  @Test("the command arrives on standard input, the arguments as they are, the answer counts")
  func command() async throws {
    let seen = folder.url("seen")
    let cloud = try cloud(
      "cat > \(seen.path); echo \"$1\" >> \(seen.path); echo '{\"result\":\"accepted\"}'")
    #expect(await outcome(cloud) == .success(.accepted(replicas: 8)))
    let text = try String(contentsOf: seen, encoding: .utf8)
    #expect(
      text
        == #"{"decision_id":7,"fencing_token":3,"format_version":1,"kind":"floor","operation":"apply","#
        + #""reason":"","replicas":8,"service":"web","valid_until":"2027-01-15T08:01:00Z"}a b; exit 1"#
        + "\n")
  }

  @Test(
    "every way to end means one thing to the caller",
    arguments: [
      ("exit 0", "malformed"), ("echo no json", "malformed"),
      ("echo gone >&2; exit 69", "unavailable"),
      ("exit 77", "denied"), ("exit 1", "unknownResult"), ("kill -9 $$", "unknownResult"),
      ("exec sleep 60", "unknownResult"),
      ("trap '' TERM; sleep 60 & wait; sleep 60", "unknownResult"),
      ("while :; do echo 0123456789012345678901234567890123456789; done", "unknownResult"),
    ])
  func failures(script: String, expected: String) async throws {
    let isSlow = script.contains("sleep")
    let cloud = try cloud(script, timeLimit: isSlow ? .milliseconds(200) : .seconds(20))
    guard case .failure(let error) = await outcome(cloud) else {
      Issue.record("\(script) was taken for an answer")
      return
    }
    #expect("\(error)".hasPrefix(expected), "\(error)")
  }

  @Test("a program that is not there is a wrong configuration")
  func missing() async {
    let cloud = ExecCloud(command: ["no-such-program"], now: { [now] in now })
    #expect(
      await outcome(cloud) == .failure(.malformed("no-such-program is not an executable file")))
  }

  @Test("a program that is just being replaced is waited for, and not for ever")
  func busy() async throws {
    let script = #"echo '{"result":"accepted"}'"#
    let cloud = try cloud(script, named: "replaced")
    let path = folder.url("replaced").path
    let writer = try #require(FileHandle(forUpdatingAtPath: path))
    Thread.detachNewThread {
      usleep(100_000)
      try? writer.close()
    }
    #expect(await outcome(cloud) == .success(.accepted(replicas: 8)))

    let held = try #require(FileHandle(forUpdatingAtPath: path))
    defer { try? held.close() }
    let impatient = ExecCloud(
      command: [path], timeLimit: .milliseconds(200), now: { [now] in now })
    #expect(
      await outcome(impatient)
        == .failure(.malformed("\(path) does not start: another process is writing it")))
  }

  @Test("readings are asked for by the same program")
  func readings() async throws {
    let cloud = try cloud(
      "grep -q observe && echo '{\"services\":[{\"id\":\"web\",\"ready\":2,\"pending\":0}]}'")
    #expect(await cloud.observe([web], at: now) == [FleetReading(ready: 2, pending: [])])
    let broken = try self.cloud("exit 3")
    #expect(
      await broken.observe([web], at: now).map(\.problem)
        == ["the program ended with status 3: no message"])
  }
}
