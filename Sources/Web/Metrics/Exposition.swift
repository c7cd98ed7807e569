import Domain

/// Text in Prometheus' exposition format, version 0.0.4.
struct Exposition {
  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// One family. Nothing is written for a family without samples.
  mutating func family(
    _ name: StaticString, _ help: StaticString, _ kind: Kind,
    _ samples: [(labels: KeyValuePairs<StaticString, String>, value: Double?)]
  ) {
    let known = samples.compactMap { sample in sample.value.map { (sample.labels, $0) } }
    guard !known.isEmpty else { return }
    head(name, help, kind)
    for (labels, value) in known {
      text += "\(name)\(Self.labels(labels)) \(Self.number(value))\n"
    }
  }

  /// A family with one sample and no labels.
  mutating func single(
    _ name: StaticString, _ help: StaticString, _ kind: Kind, _ value: Double?
  ) {
    family(name, help, kind, [([:], value)])
  }

  mutating func histograms(
    _ name: StaticString, _ help: StaticString,
    _ samples: [(labels: KeyValuePairs<StaticString, String>, histogram: Histogram)]
  ) {
    guard !samples.isEmpty else { return }
    head(name, help, .histogram)
    for (labels, histogram) in samples {
      var cumulative = 0
      for (index, count) in histogram.counts.enumerated() {
        cumulative += count
        let bound =
          index < histogram.bounds.count ? Self.number(histogram.bounds[index]) : "+Inf"
        text += "\(name)_bucket\(Self.labels(labels, bound: bound)) \(cumulative)\n"
      }
      text += "\(name)_sum\(Self.labels(labels)) \(Self.number(histogram.sum))\n"
      text += "\(name)_count\(Self.labels(labels)) \(cumulative)\n"
    }
  }

  private mutating func head(_ name: StaticString, _ help: StaticString, _ kind: Kind) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  private static func labels(
    _ labels: KeyValuePairs<StaticString, String>, bound: String? = nil
  ) -> String {
    var parts = labels.map { "\($0.key)=\"\(escaped($0.value))\"" }
    if let bound { parts.append("le=\"\(bound)\"") }
    return parts.isEmpty ? "" : "{" + parts.joined(separator: ",") + "}"
  }

  private static func escaped(_ value: String) -> String {
    var out = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      case "\n": out += "\\n"
      default: out.unicodeScalars.append(character)
      }
    }
    return out
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if value == value.rounded(), value.magnitude < 0x1p53 { return String(Int64(value)) }
    return "\(value)"
  }
}
