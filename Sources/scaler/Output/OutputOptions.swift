import ArgumentParser
import Foundation

/// How every reading command hands over its result.
struct OutputOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv
  }

  @Option(help: "table, json or csv; a table on a terminal, else csv.")
  var format: Format?

  @Option(help: "Write the result to a file instead of standard output.")
  var output: String?

  /// The format in force.
  var chosen: Format { format ?? (isatty(STDOUT_FILENO) == 1 && output == nil ? .table : .csv) }

  func write(_ text: String) throws {
    let bytes = Data((text.hasSuffix("\n") ? text : text + "\n").utf8)
    guard let output else {
      FileHandle.standardOutput.write(bytes)
      return
    }
    do {
      try bytes.write(to: URL(fileURLWithPath: output))
    } catch {
      throw CommandFailure(
        status: .failure, message: "\(output) cannot be written: \(error.localizedDescription)")
    }
  }

  /// Writes rows in the chosen format; `json` is called only for JSON.
  func write(_ table: TextTable, json: () throws -> String) throws {
    switch chosen {
    case .table: try write(table.text)
    case .csv: try write(table.csv)
    case .json: try write(json())
    }
  }
}

extension Encodable {
  /// JSON as every command prints it: sorted keys, RFC 3339 times.
  func jsonText() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
