import Domain
import Testing

@testable import Web

@Suite("Remembered forecasts")
struct ForecastMemoryTests {
  static let service = ServiceID.named("a")

  /// Made at `madeAt`, its first step starting there, with `value` everywhere.
  static func curve(at madeAt: Int64, value: Double, step: Int64 = 10) -> ForecastCurve {
    ForecastCurve(
      madeAt: Timestamp(seconds: madeAt), start: Timestamp(seconds: madeAt),
      step: .seconds(step), mean: Array(repeating: value, count: 6),
      quantiles: [
        ForecastCurve.Quantile(level: 0.9, values: Array(repeating: value + 1, count: 6))
      ])
  }

  static func grid(_ from: Int64, _ to: Int64) -> TimeGrid {
    TimeGrid(
      covering: Timestamp(seconds: from), to: Timestamp(seconds: to), step: .seconds(10))
  }

  @Test("A step shows what was expected of it before it began, not what came to be known later")
  func before() throws {
    let memory = ForecastMemory()
    memory.note(Self.curve(at: 1000, value: 1), of: Self.service)
    memory.note(Self.curve(at: 1020, value: 2), of: Self.service)
    memory.note(Self.curve(at: 1030, value: 3), of: Self.service)
    let past = try #require(memory.past(of: Self.service, Self.grid(1000, 1050)))
    #expect(past.start == Timestamp(seconds: 1000))
    // 1020 was still expected to be 1 when it began; 1030 was expected by the second forecast.
    #expect(past.mean == [1, 1, 1, 2, 3])
    #expect(past.quantiles.map(\.values) == [[2, 2, 2, 3, 4]])
    #expect(past.madeAt == nil)
  }

  @Test("A time without a forecast is unknown in between")
  func gap() throws {
    let memory = ForecastMemory()
    memory.note(Self.curve(at: 1000, value: 1), of: Self.service)
    memory.note(Self.curve(at: 1100, value: 2), of: Self.service)
    let past = try #require(memory.past(of: Self.service, Self.grid(1000, 1110)))
    #expect(
      past.mean.map { $0.isNaN ? -1 : $0 } == [1, 1, 1, 1, 1, 1, -1, -1, -1, -1, 2])
  }

  @Test("Another step starts anew, an unknown service has nothing, and memory is bounded")
  func bounds() {
    let memory = ForecastMemory(capacity: 8)
    #expect(memory.past(of: Self.service, Self.grid(0, 100)) == nil)
    for time in 0..<100 {
      memory.note(Self.curve(at: Int64(time) * 10, value: 1), of: Self.service)
    }
    let kept = memory.past(of: Self.service, Self.grid(0, 990))?.mean.count ?? 0
    #expect((8...11).contains(kept), "\(kept)")
    memory.note(Self.curve(at: 1000, value: 1, step: 20), of: Self.service)
    #expect(memory.past(of: Self.service, Self.grid(0, 990)) == nil)
  }

  @Test("Decisions become the changes of the target")
  func changes() {
    let decisions = [(3, 5), (1, 4), (2, 4), (4, 5), (5, 4)].map { time, target in
      var decision = Decision.sample(
        number: Int64(time), at: Timestamp(seconds: Int64(time)))
      decision.target = target
      return decision
    }
    #expect(TargetChange.changes(in: decisions).map(\.time.seconds) == [1, 3, 5])
    #expect(TargetChange.changes(in: decisions).map(\.target) == [4, 5, 4])
  }
}
