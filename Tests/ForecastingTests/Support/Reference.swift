import Foundation

/// Another program's numbers, as files under `Fixtures` hold them: a comment that says which program,
/// with which arguments, then the columns step, value and forecast.
struct Reference {
  /// Known values; the forecasts of the steps after them are those from their end.
  var values: [Double] = []
  /// Per step, what was forecast of it; nil where there was nothing yet.
  var forecasts: [Double?] = []

  init(_ name: String) throws {
    for line in try Self.lines(name).dropFirst() {
      let fields = line.split(separator: ",")
      if let value = Double(fields[1]) { values.append(value) }
      forecasts.append(Double(fields[2]))
    }
  }

  /// A fixture of one number a line.
  static func numbers(_ name: String) throws -> [Double] {
    try lines(name).compactMap { Double($0) }
  }

  /// The lines after the comment.
  private static func lines(_ name: String) throws -> ArraySlice<Substring> {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures")
    return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst()
  }
}
