import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("Series files")
struct SeriesFileTests {
  private func read(_ text: String, unit: SeriesFile.Unit = .perSecond) throws -> SeriesFile {
    try SeriesFile(Array(text.utf8), file: "t.csv", unit: unit)
  }

  private func refusal(_ text: String) -> String? {
    do {
      _ = try SeriesFile(Array(text.utf8), file: "t.csv")
      return nil
    } catch {
      return error.description
    }
  }

  @Test("rows become a grid; the resolution is the most common spacing and a missing row a gap")
  func grid() throws {
    let file = try read(
      """
      timestamp,rate
      2024-01-01T00:00:00Z,1
      2024-01-01T00:01:00Z,2.5
      2024-01-01T00:02:00Z,
      2024-01-01T00:05:00Z,1e2
      2024-01-01T00:06:00Z,0
      """)
    let series = try #require(file.series.first)
    #expect(series.name == "")
    #expect(series.rate.start.description == "2024-01-01T00:00:00Z")
    #expect(series.rate.step == .seconds(60))
    #expect((0..<7).map { series.rate[$0] } == [1, 2.5, nil, nil, nil, 100, 0])
    #expect(series.report.gaps.map(\.from.timeOfDay) == ["00:02:00Z"])
    #expect(series.report.missing == 3)
    #expect(series.queue == nil)
  }

  @Test("a row per series without times is read where a step is said, and refused where not")
  func wide() throws {
    let text = "\"V1\",\"V2\",\"V3\",\"V4\"\n\"H1\",\"605\",\"586\",\"\"\n\"H2\",1,,2.5\n"
    let file = try SeriesFile(Array(text.utf8), file: "t.csv", wideStep: 3600)
    #expect(file.series.map(\.name) == ["H1", "H2"])
    #expect(file.series[0].rate.values == [605, 586])
    #expect((0..<3).map { file.series[1].rate[$0] } == [1, nil, 2.5])
    for series in file.series {
      #expect(series.rate.start == Timestamp(seconds: 0) && series.rate.step == .seconds(3600))
    }
    #expect(refusal(text) == "t.csv, line 1: the header has no column timestamp")
  }

  @Test(
    "a row per series is refused with line and column",
    arguments: [
      ("V1,V2,V3\nH1,1,x\n", "t.csv, line 2, column V3: \"x\" is not a number"),
      ("V1,V2,V3\nH1,1,-2\n", "t.csv, line 2, column V3: \"-2\" is negative"),
      ("V1,V2,V3\nH1,1\n", "t.csv, line 2: the row has 2 fields, the header 3"),
      ("V1,V2,V3\nH1,1,2\nH1,1,3\n", "contradicts 2 of line 2"),
      ("V1,V3\nH1,1\n", "t.csv, line 1: the header has no column timestamp"),
    ])
  func wideRefused(text: String, message: String) throws {
    let error = #expect(throws: SeriesFileError.self) {
      try SeriesFile(Array(text.utf8), file: "t.csv", wideStep: .max)
    }
    #expect(try #require(error).description.contains(message), "\(String(describing: error))")
  }

  @Test(
    "the same series is read from any spelling of its times, any order and any line end",
    arguments: [
      "timestamp,rate\n2024-01-01T00:00:00Z,1\n2024-01-01T00:01:00Z,2\n2024-01-01T00:02:00Z,3\n",
      "timestamp,rate\r\n1704067200,1\r\n1704067260,2\r\n1704067320.7,3",
      "value,timestamp\n3,2024-01-01T02:02:00+02:00\n1,2023-12-31T19:00:00-05:00\n2,1704067260\n",
      "\u{FEFF}\"timestamp\",\"rate\"\n\"2024-01-01 00:00:00Z\",\"1\"\n1704067260,2\n1704067320, 3\n",
      "timestamp,rate\r1704067200,1\r1704067260,2\r1704067320,3\r",
      "Timestamp , RATE,note\n1704067200,1,\"a, \"\"b\"\"\nc\"\n\n1704067260,2,\n1704067320,3,x\n",
      "timestamp,rate\n1704067200,1\n1704067260,2\n1704067320,3\n1704067260,2.0\n1704067260,\n",
    ])
  func spellings(text: String) throws {
    let file = try read(text)
    #expect(file.series.count == 1)
    let rate = try #require(file.series.first).rate
    #expect(rate.start == Timestamp(seconds: 1_704_067_200))
    #expect(rate.values == [1, 2, 3])
  }

  @Test(
    "a refusal is one sentence with line, column and text",
    arguments: [
      ("", "t.csv: the file is empty; a header row such as timestamp,rate is required"),
      ("timestamp,rate\n", "t.csv: the file has a header and no data"),
      ("time,rate\n1,2\n", "t.csv, line 1: the header has no column timestamp"),
      ("timestamp,queue\n1,2\n", "t.csv, line 1: the header has no column rate"),
      ("timestamp,rate,rate\n", "t.csv, line 1: \"rate\" is a column twice"),
      ("timestamp,rate,value\n", "t.csv, line 1: the header has both rate and value; keep one"),
      (
        "timestamp,rate\n0,1\n60,NaN\n",
        "t.csv, line 3, column rate: \"NaN\" is not a finite number"
      ),
      ("timestamp,rate\n0,-inf\n", "t.csv, line 2, column rate: \"-inf\" is not a finite number"),
      ("timestamp,rate\n0,1e999\n", "t.csv, line 2, column rate: \"1e999\" is not a finite number"),
      ("timestamp,rate\n0,-1\n", "t.csv, line 2, column rate: \"-1\" is negative"),
      (
        "timestamp,value\n0,2e12\n",
        "t.csv, line 2, column value: \"2e12\" is larger than 1000000000000"
      ),
      ("timestamp,rate\n0,0x10\n", "t.csv, line 2, column rate: \"0x10\" is not a number"),
      ("timestamp,rate\n0,1\n60,2,3\n", "t.csv, line 3: the row has 3 fields, the header 2"),
      (
        "timestamp,rate\nyesterday,1\n",
        "t.csv, line 2, column timestamp: \"yesterday\" is not a time (RFC 3339 with an offset, or Unix seconds)"
      ),
      (
        "timestamp,rate\n2023-02-29T00:00:00Z,1\n",
        "t.csv, line 2, column timestamp: \"2023-02-29T00:00:00Z\" is not a time (RFC 3339 with an offset, or Unix seconds)"
      ),
      (
        "timestamp,rate\n1700000000000,1\n",
        "t.csv, line 2, column timestamp: \"1700000000000\" is not a time: it looks like milliseconds, give seconds"
      ),
      (
        "timestamp,rate\n0,1\n60,2\n0,3\n",
        "t.csv, line 4, column rate: \"3.0\" contradicts 1 of line 2 for 1970-01-01T00:00:00Z"
      ),
      (
        "timestamp,rate\n\"a\nb\",1\n",
        "t.csv, line 2, column timestamp: \"a\nb\" is not a time (RFC 3339 with an offset, or Unix seconds)"
      ),
      ("timestamp,rate\n0,1\n60,\"2\n", "t.csv, line 3: a quoted field does not end"),
      (
        "timestamp,rate\n0,1\n6\"0,2\n",
        "t.csv, line 3: \"6\"\" has a quote in the wrong place (RFC 4180: double it inside a quoted field)"
      ),
      (
        "timestamp,rate\n0,1\n",
        "t.csv, line 2: a single row has no spacing to tell the resolution from"
      ),
      (
        "timestamp,rate\n0,1\n1,1\n2,1\n9999-01-01T00:00:00Z,1\n",
        "t.csv: the series spans 253370764801 intervals of its own spacing; a wrong year in a row? (limit 100000)"
      ),
    ])
  func refusals(text: String, sentence: String) {
    #expect(refusal(text) == sentence)
  }

  @Test("an autumn night whose hour repeats with other values says what it probably is")
  func repeatedHour() throws {
    let text = refusal(
      """
      timestamp,rate
      2024-10-27T01:00:00Z,1
      2024-10-27T02:00:00Z,2
      2024-10-27T02:00:00Z,3
      """)
    #expect(try #require(text).hasSuffix("(an hour repeats: local times without their offset?)"))
  }

  @Test("a spring night that lacks an hour is suspected, another gap of an hour is not")
  func missingHour() throws {
    let header = "timestamp,rate\n"
    let spring = try read(
      header + "2024-03-31T00:00:00Z,1\n2024-03-31T01:00:00Z,1\n2024-03-31T03:00:00Z,1\n"
        + "2024-03-31T04:00:00Z,1\n")
    #expect(spring.series[0].report.daylightSavingJumps.map(\.timeOfDay) == ["02:00:00Z"])
    let summer = try read(
      header + "2024-07-07T00:00:00Z,1\n2024-07-07T01:00:00Z,1\n2024-07-07T03:00:00Z,1\n"
        + "2024-07-07T04:00:00Z,1\n")
    #expect(summer.series[0].report.daylightSavingJumps.isEmpty)
  }

  @Test("one file holds many series, with queue and ready, in the order of first appearance")
  func manySeries() throws {
    let file = try read(
      """
      series,timestamp,rate,queue,ready
      web,0,10,1,2
      "a,b",0,20,,3
      web,60,11,0,2
      "a,b",60,21,5,3
      lone,60,7,0,1
      """)
    #expect(file.series.map(\.name) == ["web", "a,b", "lone"])
    #expect(file.series[0].queue?.values == [1, 0])
    #expect(file.series[1].queue?[0] == nil)
    #expect(file.series[1].ready?.values == [3, 3])
    #expect(file.series[2].rate.step == .seconds(60))
  }

  @Test("counts are divided by the resolution, queues are not")
  func counts() throws {
    let file = try read("timestamp,value,queue\n0,120,60\n60,60,0\n", unit: .count)
    #expect(file.series[0].rate.values == [2, 1])
    #expect(file.series[0].queue?.values == [60, 0])
  }

  @Test("rows off the grid count to the nearest element, several in one to their mean")
  func offGrid() throws {
    let file = try read("timestamp,rate\n0,1\n60,2\n121,3\n180,4\n190,6\n240,7\n300,8\n")
    #expect(file.series[0].rate.values == [1, 2, 3, 5, 7, 8])
    #expect(file.series[0].report.offGrid == 2)
  }

  @Test("bytes that are not UTF-8 are refused where they are looked at")
  func encodings() {
    func sentence(_ bytes: [UInt8]) -> String? {
      do {
        _ = try SeriesFile(bytes, file: "t.csv")
        return nil
      } catch {
        return error.description
      }
    }
    #expect(sentence([0xFF, 0xFE, 0x74, 0x00]) == "t.csv: is not UTF-8 text")
    let name = Array("series,timestamp,rate\n".utf8) + [0xC3, 0x28] + Array(",0,1\n".utf8)
    #expect(sentence(name)?.hasSuffix("is not UTF-8 text") == true)
  }

  @Test("what is written reads back equal, whatever the chunks", arguments: 1...40)
  func roundTrip(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let count = 2 + Int(random.next() % 50)
    func values() -> [Double] {
      (0..<count).map { index in
        index == 0 || index == count - 1 || random.next() % 7 > 0
          ? Double(random.next() >> 20) / Double(1 + random.next() % 1_000_000) : .nan
      }
    }
    let start = Timestamp(seconds: Int64(random.next() % 2_000_000_000))
    func series() -> TimeSeries { TimeSeries(start: start, step: .seconds(60), values: values()) }
    let names = ["web", "a \"quoted\", name", "ümläut\nline"]
    let written = SeriesFile(
      series: names.map { .init(name: $0, rate: series(), queue: series()) })
    let bytes = written.csv()
    let read = try SeriesFile(bytes)
    #expect(read.series.map(\.name) == names, "seed \(seed)")
    for (one, two) in zip(written.series, read.series) {
      for index in 0..<count {
        #expect(one.rate[index] == two.rate[index], "seed \(seed) element \(index)")
        #expect(one.queue?[index] == two.queue?[index], "seed \(seed) element \(index)")
      }
    }
  }

  @Test("no bytes trap, and the same bytes give the same result in any chunks", arguments: 1...20)
  func mutations(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let pieces = [
      "timestamp", "rate", "value", "series", "queue", ",", ",", ",", "\n", "\n", "\r\n", "\"",
      "\"\"",
      "0", "60", "120", "1.5", "-1", "NaN", "1e999", "9999999999999999999999",
      "2024-01-01T00:00:00Z",
      "2024-01-01T00:01:00+23:59", "\u{FEFF}", "ü", " ", "99999999999",
      "0.000000000000000000000000001",
    ]
    for round in 0..<50 {
      var text = round % 3 == 0 ? "" : "timestamp,rate\n0,1\n60,2\n"
      for _ in 0..<(random.next() % 30) {
        text += pieces[Int(random.next() % UInt64(pieces.count))]
      }
      var bytes = Array(text.utf8)
      if round % 5 == 0, !bytes.isEmpty {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      let whole = outcome { parser throws(SeriesFileError) in try parser.consume(bytes) }
      let parts = outcome { parser throws(SeriesFileError) in
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = 1 + Int(random.next() % 9)
          try parser.consume(Array(rest.prefix(count)))
          rest = rest.dropFirst(count)
        }
      }
      #expect(whole == parts, "seed \(seed) round \(round): \(text.debugDescription)")
      _ = try? SeriesFile(bytes)
    }
  }

  private func outcome(
    _ feed: (inout SeriesFileParser) throws(SeriesFileError) -> Void
  ) -> String {
    var parser = SeriesFileParser(file: "f")
    do throws(SeriesFileError) {
      try feed(&parser)
      try parser.finish()
      return parser.series.map { "\($0.name) \($0.times) \($0.rate) \($0.lines)" }.joined()
    } catch {
      return "refused: \(error.reason) at \(error.line ?? 0)"
    }
  }

  @Test("a gzip file and a long file read as the same bytes do")
  func files() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<30_000).map { "\(1_700_000_000 + $0 * 60),\(Double($0 % 977) / 7)\n" }
    let bytes = Array(("timestamp,rate\n" + rows.joined()).utf8)
    let expected = try SeriesFile(bytes).series[0].rate
    let plain = folder.url("a.csv")
    try Data(bytes).write(to: plain)
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-k", plain.path]
    try gzip.run()
    gzip.waitUntilExit()
    #expect(try SeriesFile(path: plain.path).series[0].rate == expected)
    #expect(try SeriesFile(path: plain.path + ".gz").series[0].rate == expected)
    let broken = folder.url("b.csv.gz")
    try Data("not gzip".utf8).write(to: broken)
    #expect(throws: SeriesFileError.self) { try SeriesFile(path: broken.path) }
    #expect(throws: SeriesFileError(file: "none.csv", reason: .unreadable("no such file"))) {
      try SeriesFile(path: "none.csv")
    }
  }
}
