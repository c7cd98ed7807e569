/// A metric of CloudWatch as a configuration writes it:
/// `AWS/ApplicationELB:RequestCount{LoadBalancer=app/web/50dc6c495c0c9188} Sum`.
///
/// Namespace and name, dimensions in braces, and a statistic, `Sum` unless given. `Sum` and
/// `SampleCount` count things over a period, so their values become rates per second; others are
/// taken as they are.
public struct CloudWatchQuery: Sendable, Hashable {
  public struct Dimension: Sendable, Hashable {
    public var name: String
    public var value: String
  }

  public var namespace: String
  public var metric: String
  public var dimensions: [Dimension] = []
  public var statistic = "Sum"

  /// Nil unless the text is such a metric.
  public init?(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    guard (1...2).contains(words.count) else { return nil }
    if words.count == 2 { statistic = words[1] }
    var name = Substring(words[0])
    if name.hasSuffix("}"), let open = name.firstIndex(of: "{") {
      let inside = name[name.index(after: open)...].dropLast()
      for part in inside.split(separator: ",") {
        let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
        guard sides.count == 2 else { return nil }
        dimensions.append(Dimension(name: sides[0], value: sides[1]))
      }
      name = name[..<open]
    }
    let sides = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard sides.count == 2, sides.allSatisfy({ !$0.isEmpty }),
      !name.contains(where: { "{}".contains($0) })
    else { return nil }
    namespace = sides[0]
    metric = sides[1]
  }

  var isCount: Bool { statistic == "Sum" || statistic == "SampleCount" }
}
