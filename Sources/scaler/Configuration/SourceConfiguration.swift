import Adapters
import Domain
import Web

/// One entry of `sources:`.
enum SourceConfiguration: Sendable {
  case replay(Replay)
  /// Samples that are pushed to the API, the series of remote-write senders among them.
  case push(RemoteWriteMapping)
  /// A CSV that somebody else appends to.
  case file(path: String)
  case prometheus(url: String, options: HTTPOptions)
  case cloudWatch(CloudWatchSection)

  /// Plays a trace as if its last day were today.
  struct Replay: Sendable {
    /// A series file.
    var trace: String
    /// Multiplies every rate.
    var scale: Double
    /// Seconds of the trace per second of the wall's clock.
    var speed: Double
  }

  static let catalogue = [
    (kind: "replay", what: "plays a recorded trace as if its last day were today"),
    (kind: "push", what: "takes what is pushed: JSON samples, Prometheus remote-write"),
    (kind: "file", what: "tails a CSV of timestamp, rate, queue"),
    (kind: "prometheus", what: "asks a Prometheus, Thanos or Mimir; backfills history"),
    (kind: "cloudwatch", what: "asks Amazon CloudWatch; backfills up to 455 days"),
  ]

  init(_ field: YAMLField, relativeTo file: String) throws {
    let kind = try field.kind(among: Self.catalogue.map(\.kind), of: "source")
    switch kind {
    case "replay":
      let section = try field.section(["kind", "trace", "scale", "speed"])
      self = .replay(
        Replay(
          trace: ServeConfiguration.path(try section.required("trace").text(), relativeTo: file),
          scale: try section["scale"]?.number(above: 0) ?? 1,
          speed: try section["speed"]?.number(in: 0.01...10_000) ?? 1))
    case "file":
      let section = try field.section(["kind", "path"])
      self = .file(
        path: ServeConfiguration.path(try section.required("path").text(), relativeTo: file))
    case "prometheus":
      let section = try field.section(["kind", "url"] + HTTPSection.keys)
      self = .prometheus(
        url: try section.required("url").url(),
        options: try HTTPSection.options(section, relativeTo: file))
    case "cloudwatch": self = .cloudWatch(try CloudWatchSection(field))
    default:
      let section = try field.section(["kind", "remote_write"])
      self = .push(try section["remote_write"].map(RemoteWriteMapping.init) ?? RemoteWriteMapping())
    }
  }
}

extension YAMLField {
  /// The value under `kind`, before the other keys are known.
  func kind(among kinds: [String], of what: String) throws -> String {
    guard let field = value(under: "kind") else { throw refusal("needs the key `kind`") }
    let text = try field.text()
    guard kinds.contains(text) else {
      let nearest = kinds.nearest(to: text).map { "; did you mean `\($0)`?" } ?? ""
      throw field.refusal(
        "is `\(text)`, not a kind of \(what)\(nearest) (known: \(kinds.joined(separator: ", ")))")
    }
    return text
  }

  func url() throws -> String {
    let text = try text()
    guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
      throw refusal("must be an http or https URL, not `\(text)`")
    }
    return text
  }
}
