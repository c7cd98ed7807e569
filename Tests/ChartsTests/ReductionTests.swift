import Testing

@testable import Charts

@Suite("Reduction to pixel columns")
struct ReductionTests {
  @Test("No extreme is lost, and few values are kept", arguments: 0..<50)
  func extremes(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let values = (0..<20_000).map { _ in random.unit() * 100 }
    let series = TimedValues(start: 0, step: 5, values: values)
    let scale = Scale(from: 0, to: 100_000, start: 40, end: 440)
    let runs = ColumnReduction.runs(of: series, on: scale)
    #expect(runs.count == 1, "seed \(seed)")
    let run = try #require(runs.first)
    #expect(run.values.count <= 4 * 401, "seed \(seed)")
    #expect(run.values.max() == values.max(), "seed \(seed)")
    #expect(run.values.min() == values.min(), "seed \(seed)")
    #expect(run.values.first == values.first, "seed \(seed)")
    #expect(run.values.last == values.last, "seed \(seed)")
    // And in every column, not only overall.
    for column in stride(from: 40, to: 440, by: 57) {
      let inside = values.indices.filter {
        Int(scale.position(Double($0) * 5).rounded(.down)) == column
      }
      let kept = zip(run.positions, run.values).filter { Int($0.0.rounded(.down)) == column }
      #expect(kept.map(\.1).max() == inside.map { values[$0] }.max(), "seed \(seed)")
      #expect(kept.map(\.1).min() == inside.map { values[$0] }.min(), "seed \(seed)")
    }
  }

  @Test("An unknown value is a gap, not a zero, wherever it is")
  func gaps() {
    let scale = Scale(from: 0, to: 10, start: 0, end: 100)
    let nan = Double.nan
    let series = TimedValues(
      start: 0, step: 1, values: [nan, 3, 4, nan, nan, 5, .infinity, 6, 7, nan])
    let runs = ColumnReduction.runs(of: series, on: scale)
    #expect(runs.map(\.values) == [[3, 4], [5], [6, 7]])
    // A step line holds its value until the gap begins.
    #expect(runs.map(\.end) == [30, 60, 90])
    let path = Layer.linePath(runs, Scale(from: 0, to: 10, start: 100, end: 0)).text
    #expect(path == "M10 70l10-10M50 50h0M70 40l10-10")
  }

  @Test("A series without a known value draws nothing")
  func nothingKnown() {
    let scale = Scale(from: 0, to: 10, start: 0, end: 100)
    let unknown = TimedValues(start: 0, step: 1, values: [.nan, .nan])
    #expect(ColumnReduction.runs(of: unknown, on: scale).isEmpty)
    #expect(ColumnReduction.runs(of: TimedValues(times: [], values: []), on: scale).isEmpty)
    #expect(unknown.extent == nil)
  }

  @Test("A line leaves the picture through its edges")
  func edges() {
    let scale = Scale(from: 8, to: 16, start: 0, end: 80)
    let series = TimedValues(start: 0, step: 3, values: Array(repeating: 1, count: 12))
    let run = ColumnReduction.runs(of: series, on: scale)[0]
    #expect(run.positions == [-20, 10, 40, 70, 100])
  }

  @Test("A step line holds its last value to the end that was given")
  func stepEnd() {
    let scale = Scale(from: 0, to: 10, start: 0, end: 100)
    let series = TimedValues(times: [0, 4], values: [2, 5], end: 8)
    let runs = ColumnReduction.runs(of: series, on: scale)
    #expect(
      Layer.stepPath(runs, Scale(from: 0, to: 10, start: 100, end: 0)).text == "M0 80h40v-30h40")
  }

  @Test("A band has a gap where either edge is unknown")
  func bandGaps() {
    let scale = Scale(from: 0, to: 6, start: 0, end: 60)
    let lower = TimedValues(start: 0, step: 1, values: [1, 1, .nan, 1, 1, 1])
    let upper = TimedValues(start: 0, step: 1, values: [2, 2, 2, 2, .nan, 2])
    let runs = BandReduction.runs(lower: lower, upper: upper, on: scale)
    #expect(runs.map(\.positions) == [[0, 10], [30], [50]])
    #expect(runs.map(\.end) == [20, 40, 60])
  }

  @Test("A band keeps the widest of each column")
  func bandEnvelope() {
    let scale = Scale(from: 0, to: 100, start: 0, end: 1)
    let lower = TimedValues(start: 0, step: 1, values: [5, 1, 4])
    let upper = TimedValues(start: 0, step: 1, values: [6, 9, 7])
    let run = BandReduction.runs(lower: lower, upper: upper, on: scale)[0]
    #expect(run.lower == [1])
    #expect(run.upper == [9])
  }

  @Test("A long path does not drift")
  func drift() {
    var path = PathData()
    path.move(0, 0)
    for step in 1...1000 { path.line(Double(step) * 0.333, 5) }
    let moves = path.text.split(whereSeparator: { "hlv".contains($0) }).dropFirst()
    let total = moves.compactMap { $0.split(separator: " ").first.flatMap { Double($0) } }
      .reduce(0, +)
    #expect(abs(total - 333) < 0.05)
  }
}
