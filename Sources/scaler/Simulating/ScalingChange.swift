import Control
import Domain
import Foundation
import Yams

/// A change of a service file's `scaling` section and of nothing else.
struct ScalingChange {
  private let file: String
  /// Without the file's last line end.
  private let lines: [Substring]
  /// The lines that the section has now; empty, at the end, where it has none.
  private let section: Range<Int>
  private let replacement: [Substring]

  private static let context = 3

  /// - Throws: `ConfigurationError` if the file cannot be read, or is not written as a key a line.
  init(file: String, scaling: ScalingPolicy) throws {
    let document = try YAMLDocument(path: file)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    guard let keys = document.root.keyLines else {
      throw document.root.refusal("must have a line for each key, so that a change can be shown")
    }
    let present = keys.first { $0.key == "scaling" }?.line
    let next = keys.map(\.line).filter { $0 > present ?? .max }.min() ?? lines.count
    let start = present ?? lines.count
    var end = max(start, next)
    // What stands above the next key belongs to that.
    while end > start + 1, Self.isBetweenSections(lines[end - 1]) { end -= 1 }
    self.file = file
    self.lines = lines
    section = start..<end
    replacement = scaling.configuration.split(separator: "\n")
  }

  private static func isBetweenSections(_ line: Substring) -> Bool {
    line.allSatisfy(\.isWhitespace) || line.hasPrefix("#")
  }

  /// As `diff -u` writes it; nil where nothing changes.
  var diff: String? {
    let removed = lines[section]
    guard Array(removed) != replacement else { return nil }
    let before = lines[max(0, section.lowerBound - Self.context)..<section.lowerBound]
    let after = lines[section.upperBound..<min(lines.count, section.upperBound + Self.context)]
    let around = before.count + after.count
    // A range of no lines is named by the line before it.
    let first = before.startIndex + (around + removed.count > 0 ? 1 : 0)
    var text = [
      "--- \(file)", "+++ \(file)",
      "@@ -\(first),\(around + removed.count) +\(before.startIndex + 1),"
        + "\(around + replacement.count) @@",
    ]
    text += before.map { " \($0)" } + removed.map { "-\($0)" }
    text += replacement.map { "+\($0)" } + after.map { " \($0)" }
    return text.joined(separator: "\n")
  }
}

extension ScalingPolicy {
  /// The section of a service's configuration with these settings, all of them.
  var configuration: String {
    var growth = up.map { ["max_step: \($0.text)"] } ?? []
    if upDeadband > 0 { growth.append("deadband: \(upDeadband)") }
    var shrinking = ["max_step: \(down?.text ?? "none")"]
    if downDeadband > 0 { shrinking.append("deadband: \(downDeadband)") }
    shrinking.append("stabilization: \(stabilization.shortText)")
    var lines = ["scaling:", "  risk: \(risk.text)"]
    if utilization != ScalingPolicy().utilization { lines.append("  utilization: \(utilization)") }
    lines.append("  drain: \(drain.shortText)")
    if !growth.isEmpty { lines.append("  up: { \(growth.joined(separator: ", ")) }") }
    lines.append("  down: { \(shrinking.joined(separator: ", ")) }")
    return lines.joined(separator: "\n")
  }
}

extension ScalingPolicy.Risk {
  /// As configuration writes it.
  var text: String {
    switch self {
    case .auto: "auto"
    case .fixed(let share): "\(share)"
    }
  }
}

extension StepLimit {
  /// As configuration writes it.
  var text: String {
    switch amount {
    case .share(let share): "\(share.percentText)%/\(period.shortText)"
    case .replicas(let count): "\(count)/\(period.shortText)"
    }
  }
}
