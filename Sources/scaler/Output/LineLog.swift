import Domain
import Foundation
import Logging

/// Log lines on standard error, for people or as JSON, one event a line.
struct LineLog: LogHandler {
  let format: ServeConfiguration.LogFormat
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  init(format: ServeConfiguration.LogFormat) { self.format = format }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    switch format {
    case .text: Terminal.say("\(now) \(event.level.rawValue) \(Self.escaped("\(event.message)"))")
    case .json:
      let fields = [
        "time": now.description, "level": event.level.rawValue, "message": "\(event.message)",
      ]
      let text = try? fields.jsonLine()
      Terminal.say(text ?? "{}")
    }
  }

  /// Control characters from outside must not write lines of their own.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.contains { $0.value < 0x20 }
      ? text.unicodeScalars.map {
        $0.value < 0x20 ? "\\u{\(String($0.value, radix: 16))}" : "\($0)"
      }
      .joined()
      : text
  }
}

extension Encodable {
  /// JSON on one line with sorted keys.
  func jsonLine() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
