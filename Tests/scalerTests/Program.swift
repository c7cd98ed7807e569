import Foundation
import Testing

/// The built command, run as a user would.
struct Program {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Beside the test bundle, where the build put it.
  static var path: String {
    Bundle.main.bundleURL.appendingPathComponent("scaler").path
  }

  static func run(
    _ arguments: [String], asNobody: Bool = false, in folder: URL? = nil, input: URL? = nil
  ) throws -> Result {
    let process = Process()
    if asNobody {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
      process.arguments =
        ["--reuid=65534", "--regid=65534", "--clear-groups", path] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
    }
    if let folder { process.currentDirectoryURL = folder }
    // Files, not pipes: whoever waits for the end must not have to drain them meanwhile.
    let scratch = try Scratch()
    let output = scratch.url("out")
    let errors = scratch.url("err")
    for file in [output, errors] {
      try Data().write(to: file)
    }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? .nullDevice
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}

/// A folder that goes with the value.
final class Scratch {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("scaler-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  func path(_ name: String) -> String { url(name).path }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: url(name))
    return path(name)
  }
}

/// The checkout that is being tested.
let checkout = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A smooth day in five-minute steps, some days long.
func smoothTrace(days: Int) -> String {
  var text = "timestamp,rate\n"
  for step in 0..<(days * 288) {
    let hour = Double(step % 288) / 12
    let rate = 20 + 12 * sin((hour - 9) / 24 * 2 * .pi)
    text += "\(1_764_547_200 + step * 300),\(rate)\n"
  }
  return text
}
