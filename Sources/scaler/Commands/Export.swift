import ArgumentParser
import Foundation
import Storage

/// Files for the cost team and for notebooks.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write what the fleet will need and cost, what to commit to, decisions, samples.",
    discussion: """
      All of them read the store, also while `serve` runs. A file given with --output appears whole \
      or not at all, with NAME.metadata.json beside it.
      """,
    subcommands: [
      ExportForecast.self, ExportCommitments.self, ExportDecisions.self, ExportSamples.self,
    ])
}

/// How every export hands over its table.
struct ExportOutput: ParsableArguments {
  @Option(help: "csv, ndjson or json.")
  var format: ExportFormat = .csv

  @Option(help: "Write to a file, and its metadata beside it, instead of standard output.")
  var output: String?

  /// Writes a table; `body` hands its bytes to the sink and returns the metadata.
  func write(
    _ body: (_ sink: ([UInt8]) async throws -> Void) async throws -> ExportMetadata
  ) async throws {
    let file = try ExportFile(output)
    do {
      var metadata = try await body { try file.write($0) }
      metadata.creationDate = ExportMetadata.now
      try file.finish(metadata: try metadata.jsonText())
      for entry in metadata.leftOut.prefix(10) {
        Terminal.say("scaler: left out: \(entry.service) \(entry.reason)")
      }
      if metadata.leftOut.count > 10 {
        Terminal.say("scaler: left out: \(metadata.leftOut.count - 10) more")
      }
    } catch {
      file.abandon()
      throw error
    }
  }
}

extension ExportFormat: ExpressibleByArgument {}

/// The configuration and its store, opened to be read.
enum ExportStore {
  /// - Throws: `ProvisioningRefusal.tooLittleHistory` if there is no store yet.
  static func open(_ configuration: ServeConfiguration) throws -> Store {
    try open(configuration.storePath)
  }

  static func open(_ path: String) throws -> Store {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(
        status: .badInput,
        message: "the store \(path) does not exist yet: run `scaler serve`, or load history with "
          + "`scaler import csv`")
    }
    return try Store.read(path)
  }
}
