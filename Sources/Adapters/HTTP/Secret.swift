import Foundation

/// A secret as configuration gives it. It never prints: not in descriptions, dumps or interpolation.
public enum Secret: Sendable, Equatable {
  case value(String)
  /// The path of a file, read anew at each use because tokens rotate; white space around is dropped.
  case file(String)

  /// - Throws: `HTTPError.credentials` naming the file, if it cannot be read or is empty.
  public func reveal() throws(HTTPError) -> String {
    switch self {
    case .value(let value): return value
    case .file(let path):
      guard let data = FileManager.default.contents(atPath: path) else {
        throw .credentials("the secret file \(path) cannot be read")
      }
      let text = String(decoding: data, as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      guard !text.isEmpty else { throw .credentials("the secret file \(path) is empty") }
      return text
    }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
