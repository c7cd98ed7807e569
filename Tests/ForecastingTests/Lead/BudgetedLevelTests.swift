import Testing

@testable import Forecasting

@Suite("A level that spends a budget of late requests")
struct BudgetedLevelTests {
  /// Late requests as a service would have them: `lateness` times those that the level implies,
  /// in shortfalls of a few hundred ticks.
  static func spend(
    _ level: inout BudgetedLevel, ticks: Int, of window: Int, lateness: Double, seed: UInt64,
    shortfall: Int = 30
  ) {
    var random = Seeded(seed)
    var remaining = 0
    for _ in 0..<ticks {
      let start = lateness * (1 - level.level) / Double(shortfall)
      if remaining == 0, random.uniform() < start { remaining = shortfall }
      level.observe(
        arrivals: 300, late: remaining > 0 ? 300 : 0, elapsed: 1 / Double(window))
      remaining = max(0, remaining - 1)
    }
  }

  @Test(
    "the budget is used but not exceeded, whatever a service makes of a level",
    arguments: [0.3, 0.6, 1, 1.5, 2.5], 1...4 as ClosedRange<UInt64>)
  func withinBudget(lateness: Double, seed: UInt64) {
    let window = 80_640
    var level = BudgetedLevel(budget: 0.01, episode: 30 / Double(window))
    Self.spend(&level, ticks: window, of: window, lateness: lateness, seed: seed)
    let share = level.late / level.arrivals
    // One shortfall may come as a surprise when all is spent, however high the level.
    #expect(share <= 0.01 + 30 / Double(window), "lateness \(lateness), seed \(seed): \(share)")
    #expect(share >= 0.006, "lateness \(lateness), seed \(seed): \(share)")
  }

  @Test("over four windows the share stays at the budget", arguments: 1...4 as ClosedRange<UInt64>)
  func rolling(seed: UInt64) {
    let window = 20_160
    var level = BudgetedLevel(budget: 0.02, episode: 30 / Double(window))
    Self.spend(&level, ticks: 4 * window, of: window, lateness: 1.4, seed: seed)
    let share = level.late / level.arrivals
    #expect((0.012...0.024).contains(share), "seed \(seed): \(share)")
  }

  @Test("a surprise that takes half the budget is made good over the rest of the window")
  func surprise() {
    var level = BudgetedLevel(budget: 0.01, episode: 0)
    for _ in 0..<200 { level.observe(arrivals: 100, late: 0.9, elapsed: 0.001) }
    let before = level.level
    for _ in 0..<5 { level.observe(arrivals: 100, late: 100, elapsed: 0.001) }
    #expect(level.level > before)
    #expect(level.level <= 1 - BudgetedLevel.smallestComplement * 0.01 + 1e-12)
  }

  @Test("what quiet hours at the window's end leave is not offered to the hours after them")
  func quietEnd() {
    var level = BudgetedLevel(budget: 0.01, episode: 0.0002)
    for step in 0..<900 {
      level.observe(arrivals: 100, late: step % 10 == 0 ? 9 : 0, elapsed: 0.001)
    }
    let before = 1 - level.level
    for _ in 0..<90 { level.observe(arrivals: 100, late: 0, elapsed: 0.001) }
    let after = 1 - level.level
    #expect(after > before && after < 1.5 * before, "\(before) \(after)")
  }

  @Test("towards the window's end a quiet day is not made up for on the next one")
  func underspentEnd() {
    var level = BudgetedLevel(budget: 0.01, episode: 0)
    for step in 0..<850 {
      level.observe(
        arrivals: 100, late: step % 2 == 0 ? 200 * (1 - level.level) : 0, elapsed: 0.001)
    }
    #expect(level.spentShare > 0.8 && level.spentShare < 0.9)
    for _ in 0..<50 { level.observe(arrivals: 100, late: 0, elapsed: 0.001) }
    #expect(1 - level.level < 0.01, "\(level.level)")
  }

  @Test("shortfalls are kept back: two of them, one where two are much of the budget")
  func reserve() {
    #expect(abs(1 - BudgetedLevel(budget: 0.01, episode: 0.0005).level - 0.009) < 1e-12)
    #expect(abs(1 - BudgetedLevel(budget: 0.001, episode: 0.0003).level - 0.0007) < 1e-12)
    #expect(abs(1 - BudgetedLevel(budget: 0.001, episode: 0.1).level - 0.00025) < 1e-12)
  }

  @Test("the largest shortfall does not count as what the level lets through")
  func shortfalls() {
    var scattered = BudgetedLevel(budget: 0.01, episode: 0)
    var gathered = scattered
    for step in 0..<400 {
      scattered.observe(arrivals: 100, late: step % 100 == 50 ? 100 : 0, elapsed: 0.001)
      gathered.observe(arrivals: 100, late: (50..<54).contains(step) ? 100 : 0, elapsed: 0.001)
    }
    #expect(scattered.late == gathered.late)
    #expect(gathered.largestShortfall == 400 && scattered.largestShortfall == 100)
    #expect(gathered.lateness < scattered.lateness)
  }

  @Test("a calm service gets cheaper, down to the bound")
  func calm() {
    var level = BudgetedLevel(budget: 0.001, episode: 0)
    let start = level.level
    #expect(start > 0.998 && start < 1)
    for _ in 0..<990 { level.observe(arrivals: 100, late: 0, elapsed: 0.001) }
    #expect(level.level < start)
    #expect(level.level >= 1 - BudgetedLevel.complements.upperBound * 0.001 - 1e-12)
    #expect(level.spentShare == 0)
  }

  @Test("an hour of four weeks in which all came late spends a seventh of a budget of one per cent")
  func spentEarly() {
    var level = BudgetedLevel(budget: 0.01, episode: 0)
    level.observe(arrivals: 100, late: 100, elapsed: 1.0 / 672)
    #expect(abs(level.spentShare - 1 / 6.72) < 1e-9)
    level.observe(arrivals: 100, late: 0, elapsed: 1.0 / 672)
    #expect(abs(level.spentShare - 1 / 6.72) < 1e-9)
  }

  @Test("what is not a number changes nothing; time alone does not either while nothing was seen")
  func nonsense() {
    var level = BudgetedLevel(budget: 0.01, episode: 0.001)
    let start = level
    level.observe(arrivals: .nan, late: 0, elapsed: 0.1)
    level.observe(arrivals: 1, late: -1, elapsed: 0.1)
    level.observe(arrivals: 1, late: 0, elapsed: .infinity)
    #expect(level == start)
    level.observe(arrivals: 0, late: 0, elapsed: 0.5)
    #expect(level.level == start.level)
    #expect((0.5...1).contains(BudgetedLevel(budget: .nan, episode: .nan).level))
  }

  @Test("a restored budget is equal")
  func roundTrip() throws {
    var level = BudgetedLevel(budget: 0.01, episode: 0.0005)
    Self.spend(&level, ticks: 3000, of: 2000, lateness: 1, seed: 3)
    var writer = StateWriter()
    level.writeState(to: &writer)
    var reader = StateReader(writer.bytes)
    #expect(try BudgetedLevel(from: &reader) == level)
    var short = StateReader(Array(writer.bytes.dropLast()))
    #expect(throws: StateError.self) { try BudgetedLevel(from: &short) }
    // As the first version wrote it: without the shortfalls, two numbers and a flag.
    var first = Array(writer.bytes.dropLast(17))
    first[1] = 1
    var old = StateReader(first)
    let read = try BudgetedLevel(from: &old)
    #expect(read.late == level.late && read.elapsed == level.elapsed)
    #expect(read.largestShortfall == 0)
  }
}
