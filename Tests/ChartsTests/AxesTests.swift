import Foundation
import Testing

@testable import Charts

@Suite("Axes")
struct AxesTests {
  @Test("Value ticks rise, enclose the data and number about as many as asked", arguments: 0..<200)
  func valueTicks(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let low = random.unit() < 0.5 ? 0 : random.unit() * 1000
    let high = low + Double(sign: .plus, exponent: Int(random.unit() * 60) - 30, significand: 1.3)
    let ticks = ValueTicks.linear(from: low, to: high, count: 5).values
    #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
    #expect(ticks[0] <= low * (1 + 1e-9), "seed \(seed)")
    #expect(ticks[ticks.count - 1] >= high * (1 - 1e-8), "seed \(seed)")
    #expect((2...9).contains(ticks.count), "seed \(seed): \(ticks)")
  }

  @Test("Whole numbers have no ticks between integers")
  func wholeNumbers() {
    #expect(ValueTicks.linear(from: 0, to: 3, count: 6, wholeNumbers: true).values == [0, 1, 2, 3])
    #expect(ValueTicks.linear(from: 0, to: 0.2, count: 5, wholeNumbers: true).values == [0, 1])
  }

  @Test(
    "Bounds without an extent give an axis from 0 to 1",
    arguments: [(0, 0), (5, 5), (Double.nan, 1), (0, .infinity)] as [(Double, Double)])
  func degenerate(low: Double, high: Double) {
    #expect(ValueTicks.linear(from: low, to: high, count: 5).values == [0, 1])
  }

  @Test("Logarithmic ticks rise and enclose the data", arguments: 0..<200)
  func logarithmicTicks(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let low = Double(sign: .plus, exponent: Int(random.unit() * 40) - 30, significand: 1.7)
    let high = low * (1.01 + random.unit() * 1e5)
    let ticks = ValueTicks.logarithmic(from: low, to: high).values
    #expect(ticks.count >= 2, "seed \(seed)")
    #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed): \(ticks)")
    #expect(ticks[0] <= low * (1 + 1e-8), "seed \(seed): \(ticks) \(low)")
    #expect(ticks[ticks.count - 1] >= high * (1 - 1e-8), "seed \(seed)")
  }

  /// The reference is the C library's `log10`; the tolerance is the series' stated error.
  @Test("The decimal logarithm agrees with the C library's", arguments: 0..<100)
  func logarithm(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let value = Double(
      sign: .plus, exponent: Int(random.unit() * 200) - 100, significand: 1 + random.unit())
    #expect(abs(decimalLogarithm(value) - log10(value)) < 1e-11, "seed \(seed)")
  }

  @Test(
    "Time ticks fall on local boundaries",
    arguments: [
      // A day in UTC+2: every three hours, the date where it changes.
      (
        1_795_384_800, 86_400, 7200, 9,
        "00:00|23 Nov 03:00 06:00 09:00 12:00 15:00 18:00 21:00 00:00|24 Nov"
      ),
      // Two weeks: days, the month where it changes.
      (
        1_795_305_600, 14 * 86_400, 0, 10,
        "23 25 27 29 1|Dec 2026 3 5"
      ),
      // Ten weeks: Mondays.
      (1_795_305_600, 70 * 86_400, 0, 6, "23 7|Dec 2026 21 4|Jan 2027 18"),
      // A year: quarters.
      (1_795_305_600, 365 * 86_400, 0, 6, "Jan|2027 Apr Jul Oct"),
      // A minute.
      (1_795_305_600, 60, 0, 5, "00:00:00|22 Nov 00:00:15 00:00:30 00:00:45 00:01:00"),
    ])
  func timeTicks(start: Int, span: Int, offset: Int, count: Int, expected: String) {
    let ticks = TimeTicks(
      from: Double(start), to: Double(start + span), offset: UTCOffset(seconds: offset),
      count: count)
    let text = ticks.ticks.map { $0.label + ($0.context.map { "|" + $0 } ?? "") }
    #expect(text.joined(separator: " ") == expected)
  }

  @Test("Time ticks rise, lie inside and are at most as many as asked", arguments: 0..<300)
  func timeTickProperties(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let start = (random.unit() - 0.3) * 4e9
    let span = Double(sign: .plus, exponent: Int(random.unit() * 28), significand: 1.4)
    let count = 2 + Int(random.unit() * 12)
    let ticks = TimeTicks(
      from: start, to: start + span,
      offset: UTCOffset(seconds: Int((random.unit() - 0.5) * 90_000)), count: count
    ).ticks.map(\.time)
    #expect(ticks.count <= count + 1, "seed \(seed)")
    #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
    #expect(ticks.allSatisfy { $0 >= start && $0 <= start + span }, "seed \(seed)")
  }

  /// The reference is Foundation's Gregorian calendar.
  @Test("Civil dates agree with Foundation's calendar", arguments: 0..<100)
  func civilDates(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let seconds = ((random.unit() - 0.2) * 8e9).rounded()
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: seconds))
    let date = CivilDate(unixSeconds: seconds, offset: 0)
    #expect(date.year == parts.year, "seed \(seed)")
    #expect(date.month == parts.month, "seed \(seed)")
    #expect(date.day == parts.day, "seed \(seed)")
    #expect([date.hour, date.minute, date.second] == [parts.hour, parts.minute, parts.second])
    let first = CivilDate.daysSinceEpoch(year: date.year, month: date.month)
    #expect(CivilDate(unixSeconds: Double(first) * 86_400, offset: 0).day == 1)
  }

  @Test("Offsets are written as people write them")
  func offsets() {
    #expect(UTCOffset.utc.label == "UTC")
    #expect(UTCOffset(seconds: 7200).label == "UTC+2")
    #expect(UTCOffset(seconds: -12_600).label == "UTC−3:30")
    #expect(UTCOffset(seconds: 7200).stamp(1_795_426_200) == "2026-11-23 11:30")
  }
}

/// Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators".
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func unit() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Double(mixed >> 11) * 0x1p-53
  }
}
