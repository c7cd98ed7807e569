/// A promise about a simulation's result, `hybrid.violation <= 0.001`, for scripts and CI.
public struct Threshold: Sendable, Equatable {
  public enum Comparison: String, Sendable, CaseIterable {
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case below = "<"
    case above = ">"

    func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atMost: value <= bound
      case .atLeast: value >= bound
      case .equal: value == bound
      case .below: value < bound
      case .above: value > bound
      }
    }
  }

  /// As it was written.
  public let text: String
  public let policy: String
  public let metric: ScoreMetric
  public let comparison: Comparison
  public let bound: Double

  /// - Throws: `ThresholdError` with a sentence if `text` is not `POLICY.METRIC OPERATOR NUMBER`.
  public init(_ text: String) throws(ThresholdError) {
    self.text = text
    let found = Comparison.allCases.lazy.compactMap { comparison in
      text.firstRange(of: comparison.rawValue).map { (comparison, $0) }
    }.first
    guard let (comparison, range) = found else {
      throw ThresholdError("\"\(text)\" has none of <=, >=, ==, <, >.")
    }
    self.comparison = comparison
    let left = text[..<range.lowerBound].trimmed
    let right = text[range.upperBound...].trimmed
    guard let bound = Double(right), bound.isFinite else {
      throw ThresholdError("\"\(right)\" in \"\(text)\" is not a number.")
    }
    self.bound = bound
    guard let dot = left.lastIndex(of: "."), dot > left.startIndex else {
      throw ThresholdError("\"\(left)\" in \"\(text)\" is not POLICY.METRIC.")
    }
    policy = String(left[..<dot])
    let name = String(left[left.index(after: dot)...])
    guard let metric = ScoreMetric(rawValue: name) else {
      let known = ScoreMetric.allCases.map(\.rawValue).joined(separator: ", ")
      throw ThresholdError("\"\(name)\" in \"\(text)\" is no metric; there are \(known).")
    }
    self.metric = metric
  }

  /// - Throws: `ThresholdError` if the policy did not run or has no such value.
  public func check(_ outcomes: [PolicyOutcome]) throws(ThresholdError) -> ThresholdResult {
    guard let outcome = outcomes.first(where: { $0.name == policy }) else {
      let known = outcomes.map(\.name).joined(separator: ", ")
      throw ThresholdError("\"\(text)\" names no policy that ran; there are \(known).")
    }
    guard let value = metric.value(in: outcome) else {
      throw ThresholdError("\(policy) has no \(metric.rawValue), which \"\(text)\" asks for.")
    }
    return ThresholdResult(text: text, value: value, passed: comparison.holds(value, bound))
  }
}

public struct ThresholdResult: Sendable, Equatable {
  public var text: String
  public var value: Double
  public var passed: Bool
}

/// Why a threshold cannot be checked, in a sentence.
public struct ThresholdError: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String

  init(_ description: String) {
    self.description = description
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
