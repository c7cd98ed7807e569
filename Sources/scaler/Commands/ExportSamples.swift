import ArgumentParser
import Domain
import Foundation
import Storage

struct ExportSamples: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "samples",
    abstract: "Demand, queue and replicas on an even grid, as `import csv` reads them back.")

  @OptionGroup var selection: StoreSelection

  @Option(help: "The grid's step; default 5m.")
  var step = "5m"

  @OptionGroup var output: ExportOutput

  /// Steps read at once: a week of minutes.
  private static let page = 10_080

  func perform() async throws {
    guard let step = Duration(parsing: step), step >= .seconds(1), step <= .seconds(86_400),
      step.components.attoseconds == 0
    else {
      throw CommandFailure(
        status: .usage, message: "--step is from 1s to 1d, such as 5m, not `\(self.step)`")
    }
    let store = try selection.open()
    let range = try selection.range()
    let services = try selection.services(in: store)
    try await output.write { sink in
      var encoder = RowEncoder(.samples, format: output.format)
      encoder.begin()
      for service in services {
        let known = store.seriesInfo(of: service)
        guard let oldest = known.map(\.oldest).min(), let newest = known.map(\.newest).max()
        else { continue }
        var start = max(range.from, oldest).floored(to: step)
        let end = min(range.to, newest + .seconds(1))
        while start < end {
          let stop = min(end, start + step * Self.page)
          try await add(service, from: start, to: stop, step: step, of: store, to: &encoder)
          try await sink(encoder.drain())
          start = start + step * Self.page
        }
      }
      var metadata = ExportMetadata(.samples)
      metadata.rowCount = encoder.rowCount
      metadata.parameters = [
        "from": range.from.description, "to": range.to.description, "step": step.shortText,
      ]
      encoder.end(metadata: try metadata.jsonLine())
      try await sink(encoder.drain())
      return metadata
    }
  }

  private func add(
    _ service: ServiceID, from: Timestamp, to: Timestamp, step: Duration, of store: Store,
    to encoder: inout RowEncoder
  ) async throws {
    let rate = try await store.series(of: service, metric: .rate, from: from, to: to, step: step)
    let queue = try await store.series(of: service, metric: .queue, from: from, to: to, step: step)
    let ready = try await store.series(of: service, metric: .ready, from: from, to: to, step: step)
    for index in 0..<rate.count {
      encoder.add([
        .text(service.name), .time(rate.time(at: index)), ExportCell(rate[index]),
        ExportCell(queue[index]), ExportCell(ready[index]),
      ])
    }
  }
}
