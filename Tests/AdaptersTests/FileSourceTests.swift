import Adapters
import Domain
import Foundation
import TestSupport
import Testing

@Suite("The file source")
struct FileSourceTests {
  private let folder: TemporaryFolder
  private let web: ServiceID
  private let shop: ServiceID

  init() throws {
    folder = try TemporaryFolder()
    web = try #require(ServiceID("web"))
    shop = try #require(ServiceID("shop"))
  }

  private func append(_ text: String, to url: URL) throws {
    if !FileManager.default.fileExists(atPath: url.path) {
      try Data().write(to: url)
    }
    let handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  private func reading(_ source: FileSource, at seconds: Int64) async throws -> MetricReading {
    try #require(
      await source.observe([web], at: Timestamp(seconds: seconds), deadline: .seconds(1)).first)
  }

  @Test("complete lines count as they are appended, half ones when they are whole")
  func growing() async throws {
    let file = folder.url("a.csv")
    let source = FileSource(path: file.path)
    #expect(try await reading(source, at: 0).problem == "\(file.path) cannot be read")
    try append("timestamp,rate,queue\n1000,5,1\n1060,6,", to: file)
    #expect(try await reading(source, at: 1055) == MetricReading(rate: 5, queue: 1))
    try append("2\n1120,7,3\n", to: file)
    #expect(try await reading(source, at: 1070) == MetricReading(rate: 6, queue: 2))
    #expect(try await reading(source, at: 1130) == MetricReading(rate: 7, queue: 3))
    #expect(try await reading(source, at: 1300) == MetricReading(rate: 7, queue: 3))
    #expect(
      try await reading(source, at: 1301)
        == MetricReading(problem: "the newest row of \(file.path) is of 1970-01-01T00:18:40Z"))
    #expect(try await reading(source, at: 900).rate == nil)
    try append("1180,,\n", to: file)
    #expect(
      try await reading(source, at: 1190)
        == MetricReading(problem: "the row of 1970-01-01T00:19:40Z has no rate"))
  }

  @Test("a bad line is named and costs nothing but itself")
  func badLine() async throws {
    let file = folder.url("b.csv")
    let source = FileSource(path: file.path)
    try append("timestamp,rate\n1000,5\n1060,NaN\n", to: file)
    let bad = try await reading(source, at: 1055)
    #expect(bad.rate == 5)
    #expect(bad.problem == "\(file.path), line 3, column rate: \"NaN\" is not a finite number")
    try append("1060,6\n", to: file)
    #expect(try await reading(source, at: 1061) == MetricReading(rate: 6))
  }

  @Test("a file that is replaced or shortened is read anew")
  func replaced() async throws {
    let file = folder.url("c.csv")
    let source = FileSource(path: file.path)
    try append("timestamp,rate\n1000,5\n1060,6\n1120,7\n", to: file)
    #expect(try await reading(source, at: 1121).rate == 7)
    try Data("timestamp,value\n1000,9\n".utf8).write(to: file)
    #expect(try await reading(source, at: 1001).rate == 9)
  }

  @Test("one file speaks of many series, under their own names or given ones")
  func series() async throws {
    let file = folder.url("d.csv")
    try append("series,timestamp,rate\nweb,1000,5\nS,1000,6\n", to: file)
    let source = FileSource(path: file.path, names: [shop: "S"])
    let other = try #require(ServiceID("other"))
    let readings = await source.observe(
      [shop, other, web], at: Timestamp(seconds: 1010), deadline: .seconds(1))
    #expect(readings.map(\.rate) == [6, nil, 5])
    #expect(readings[1].problem == "\(file.path) has no row of other")
  }

  @Test("of a long file only the end is read at first, and history is all of it")
  func long() async throws {
    let file = folder.url("e.csv")
    let rows = (0..<200_000).map { "\(1_000_000 + $0 * 15),\($0)\n" }
    try Data(("timestamp,rate\n" + rows.joined()).utf8).write(to: file)
    let source = FileSource(path: file.path)
    let end: Int64 = 1_000_000 + 200_000 * 15
    #expect(try await reading(source, at: end).rate == 199_999)
    let history = try #require(
      await source.history(
        of: web, from: Timestamp(seconds: 1_000_000), to: Timestamp(seconds: 1_000_045)))
    #expect(history.values == [0, 1, 2])
  }
}
