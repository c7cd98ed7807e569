import Domain
import Foundation
import Testing

@testable import Adapters

/// Small inputs that fuzzing started from and found; the fuzz targets are the longer check.
@Suite("The fuzzing corpus")
struct FuzzCorpusTests {
  private static func inputs(_ target: String) throws -> [(name: String, bytes: [UInt8])] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fuzz/corpus/\(target)")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      ($0, [UInt8](try Data(contentsOf: folder.appendingPathComponent($0))))
    }
  }

  @Test("of series files gives even grids of rates, or refusals")
  func seriesFiles() throws {
    let inputs = try Self.inputs("csv")
    #expect(!inputs.isEmpty)
    for (name, bytes) in inputs {
      for unit in SeriesFile.Unit.allCases {
        for series in (try? SeriesFile(bytes, unit: unit))?.series ?? [] {
          for grid in [series.rate, series.queue, series.ready].compactMap({ $0 }) {
            #expect(grid.values.allSatisfy { $0.isNaN || ($0.isFinite && $0 >= 0) }, "\(name)")
            #expect(grid.count == series.rate.count, "\(name)")
          }
        }
      }
    }
  }

  @Test("of Prometheus' replies gives rates, or unknown")
  func replies() throws {
    let inputs = try Self.inputs("prometheus")
    #expect(!inputs.isEmpty)
    let chunk = PrometheusChunk(
      start: Timestamp(seconds: 1_699_999_980), end: Timestamp(seconds: 1_700_003_580),
      step: .seconds(60), most: 60)
    for (name, bytes) in inputs {
      guard let reply = try? PrometheusReply.reading(HTTPResponse(status: 200, body: bytes)) else {
        continue
      }
      for label in [nil, "service"] {
        for (_, value) in (try? PrometheusAnswer(reply, label: label))?.byName ?? [:] {
          if case .success(let rate) = value { #expect((0...Sample.ceiling).contains(rate)) }
        }
      }
      if case .matrix(let series) = reply.data, let means = try? chunk.means(of: series) {
        #expect(means.count == 60, "\(name)")
        #expect(means.allSatisfy { $0.isNaN || (0...Sample.ceiling).contains($0) }, "\(name)")
      }
    }
  }
}
