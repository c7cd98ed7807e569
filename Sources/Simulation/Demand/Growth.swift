import Domain

/// How demand grows over the evaluated window: a factor that moves in a straight line and then
/// stays.
public struct Growth: Sendable, Equatable {
  /// The factor at the start of the window.
  public var from: Double
  /// The factor from `over` onwards.
  public var to: Double
  public var over: Duration

  public static let none = Growth(constant: 1)

  public init(from: Double, to: Double, over: Duration) {
    self.from = from
    self.to = to
    self.over = over
  }

  /// The same factor all the time.
  public init(constant: Double) {
    self.init(from: constant, to: constant, over: .zero)
  }

  /// The factor at `seconds` after the start of the window.
  func factor(at seconds: Double) -> Double {
    let length = over.inSeconds
    guard seconds < length else { return to }
    return from + (to - from) * seconds / length
  }
}
