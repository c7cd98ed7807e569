/// The part of the future that a decision is for, in steps of the series.
///
/// What is ordered now serves from `first` steps after the newest known step on, and is needed until
/// the next decision's order serves, through `last`. With a boot of 300 s, metrics 15 s late, a
/// decision every 15 s and steps of 30 s: 315 s / 30 s gives `first` 10, 330 s / 30 s gives `last` 10.
public struct LeadWindow: Sendable, Equatable {
  /// The longest lead that is modelled.
  public static let maximumSteps = 1024

  /// Steps between the newest known step and the first that the order serves; 0 is the next step.
  public let first: Int
  /// The last step that the order has to serve, ≥ `first`.
  public let last: Int

  /// - Parameters:
  ///   - opens: Steps, with their fraction, from the end of the newest known step until an order
  ///     serves: lag and boot time.
  ///   - closes: The same until the next order serves: one control interval more.
  ///
  /// Negative, unordered or infinite arguments are clamped into 0 … `maximumSteps`.
  public init(opens: Double, closes: Double) {
    let start = Self.clamped(opens)
    let end = max(start, Self.clamped(closes))
    first = min(Int(start), Self.maximumSteps - 1)
    last = max(first, Int(end.rounded(.up)) - 1)
  }

  /// The window in three parts that are forecast apart: the next step, the middle of the way, and
  /// what an order serves. The first two decide what may be released, the last what is ordered.
  var parts: [ClosedRange<Int>] {
    guard first > 1 else { return first == 0 ? [0...last] : [0...0, first...last] }
    return [0...0, (first / 2)...(first / 2 + 1), first...last]
  }

  private static func clamped(_ steps: Double) -> Double {
    steps.isNaN ? 0 : min(max(steps, 0), Double(maximumSteps))
  }
}
