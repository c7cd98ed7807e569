import Foundation

/// Another program's numbers, as files under `Fixtures` hold them: a comment that says which program,
/// with which arguments, then the columns step, value and forecast.
struct Reference {
  /// Known values; the forecasts of the steps after them are those from their end.
  var values: [Double] = []
  /// Per step, what was forecast of it; nil where there was nothing yet.
  var forecasts: [Double?] = []

  init(_ name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures")
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    for line in text.split(whereSeparator: \.isNewline).dropFirst(2) {
      let fields = line.split(separator: ",")
      if let value = Double(fields[1]) { values.append(value) }
      forecasts.append(Double(fields[2]))
    }
  }
}
