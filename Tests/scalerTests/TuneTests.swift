import Control
import Domain
import Foundation
import Testing

@testable import scaler

@Suite("scaler tune", .serialized)
struct TuneTests {
  private static let head = """
    # What our shop does.
    id: shop
    fleet: { rate_per_replica: 1, boot: 60s, min: 2, max: 500 }

    """
  private static let tail = """

    # One region only.
    objective: { slo_wait: 200ms, violation: 0.02, window: 28d, queue_max: 2000 }
    price: { per_replica_hour: 0.1, currency: EUR }

    """

  @Test(
    "the change of a service file keeps what was not tuned, and reads back as what was recommended",
    arguments: [
      "scaling:\n  risk: 0.5   # bold\n  utilization: 0.7\n  up: { max_step: 50%/2m, deadband: 5% }\n"
        + "  down: { max_step: none, deadband: 0.1 }\n",
      "scaling: { utilization: 0.8, drain: 7s }\n", "",
    ])
  func change(section: String) throws {
    let scratch = try Scratch()
    for (head, tail) in [(Self.head, Self.tail), (Self.head + Self.tail, "")] {
      let path = try scratch.write(head + section + tail, to: "shop.yaml")
      let present = try ServiceConfiguration(YAMLDocument(path: path).root).policy
      var tuned = present
      tuned.scaling.risk = .fixed(0.007)
      tuned.scaling.drain = .seconds(120)
      tuned.scaling.down = StepLimit(amount: .share(0.2), period: .seconds(60))
      tuned.scaling.stabilization = .seconds(300)
      let diff = try #require(try ScalingChange(file: path, scaling: tuned.scaling).diff)
      let patched = try applied(diff, to: head + section + tail)
      let result = try scratch.write(patched, to: "patched.yaml")
      #expect(try ServiceConfiguration(YAMLDocument(path: result).root).policy == tuned)
      for line in (head + tail).split(separator: "\n") { #expect(patched.contains(line)) }
      #expect(try ScalingChange(file: result, scaling: tuned.scaling).diff == nil)
    }
  }

  @Test("a file with several keys on a line is refused in words")
  func oneLine() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "{ id: shop, fleet: { rate_per_replica: 1, boot: 60s, max: 5 } }", to: "shop.yaml")
    #expect {
      try ScalingChange(file: path, scaling: ScalingPolicy())
    } throws: { error in
      "\(error)".contains("a line for each key")
    }
  }

  @Test("the command recommends a change of the file that it was given")
  func command() throws {
    let scratch = try Scratch()
    let trace = try scratch.write(smoothTrace(days: 1), to: "t.csv")
    let text = Self.head + "scaling: { utilization: 0.8, up: { deadband: 5% } }\n" + Self.tail
    let path = try scratch.write(text, to: "shop.yaml")
    let result = try Program.run([
      "tune", "--trace", trace, "--service", path, "--format", "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let patched = try scratch.write(
      try applied(try #require(object["diff"] as? String), to: text), to: "patched.yaml")
    let scaling = try ServiceConfiguration(YAMLDocument(path: patched).root).policy.scaling
    #expect(scaling.utilization == 0.8 && scaling.upDeadband == 0.05)
    let recommended = try #require(object["recommended"] as? [String: Any])
    #expect(scaling.risk.text == recommended["risk"] as? String)
    #expect(scaling.drain.inSeconds == recommended["drain_seconds"] as? Double)
    #expect(scaling.stabilization.inSeconds == recommended["stabilization_seconds"] as? Double)
  }

  /// Applies a diff of one hunk, as strictly as a program would.
  private func applied(_ diff: String, to text: String) throws -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let hunk = diff.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let place = try #require(hunk[2].split(separator: " ").dropFirst().first)
    let range = place.dropFirst().split(separator: ",").compactMap { Int($0) }
    let body = hunk.dropFirst(3)
    let old = body.filter { !$0.hasPrefix("+") }.map { String($0.dropFirst()) }
    let new = body.filter { !$0.hasPrefix("-") }.map { String($0.dropFirst()) }
    let start = range[0] - 1
    #expect(range[1] == old.count)
    #expect(Array(lines[start..<(start + old.count)]) == old)
    lines.replaceSubrange(start..<(start + old.count), with: new)
    return lines.joined(separator: "\n")
  }
}
