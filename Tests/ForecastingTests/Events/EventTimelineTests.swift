import Foundation
import Testing

@testable import Forecasting

@Suite struct EventTimelineTests {
  private let hours = 4 * 168
  private let horizon = 48

  /// Saturdays of every week at noon, four hours, with a ramp of an hour.
  private func sale(_ height: CalendarEvent.Height) throws -> CalendarEvent {
    CalendarEvent(
      name: "sale",
      times: .recurring(
        firstLocal: 12 * 3600, duration: 4 * 3600,
        rule: try RecurrenceRule(parsing: "FREQ=DAILY;INTERVAL=9")), height: height,
      rampBefore: 3600, rampAfter: 3600)
  }

  private func timeline(_ events: [CalendarEvent]) -> EventTimeline {
    EventTimeline(
      events, start: 0, step: 3600, history: hours, horizon: horizon, offset: { _ in 0 })
  }

  /// Demand three times as high during the sale, every ninth day; the next is on day 27 or, within
  /// the horizon, none: so history ends after day 26.
  private func demand(seed: UInt64) -> [Double] {
    var values = Demand.daily(count: hours + horizon, day: 24, seed: seed)
    for day in stride(from: 0, to: 30, by: 9) {
      for hour in 12..<16 where day * 24 + hour < values.count { values[day * 24 + hour] *= 3 }
    }
    return values
  }

  private func fit(_ values: [Double], _ count: Int) throws -> BankForecast {
    try ForecastBank.fit(
      values: values, seasons: [24, 168], horizon: count, quantiles: [0.05, 0.5, 0.95])
  }

  @Test(
    "an uplift is learned from earlier occurrences and put on the next", arguments: UInt64(1)...3)
  func learned(seed: UInt64) throws {
    // The fourth sale, on day 27, lies in the horizon of a history of 26 days.
    let history = 26 * 24
    let values = demand(seed: seed)
    let timeline = EventTimeline(
      [try sale(.learned)], start: 0, step: 3600, history: history, horizon: horizon,
      offset: { _ in 0 })
    let known = Array(values.prefix(history))
    let uplifts = try timeline.uplifts(of: known, seasons: [24, 168])
    let sale = try #require(uplifts.first)
    #expect(uplifts.count == 1)
    #expect(sale.occurrences == 3)
    #expect((sale.uplift.factor - 3).magnitude < 0.2, "seed \(seed)")
    #expect(sale.shares.map { $0 > 0 } == (0..<48).map { (35...40).contains($0) })

    let forecast = try fit(timeline.plain(known), horizon).raised(by: uplifts)
    for step in 36..<40 {
      let truth = values[history + step]
      #expect((forecast.median[step] / truth - 1).magnitude < 0.3, "seed \(seed), step \(step)")
    }
    for row in forecast.quantiles { #expect(zip(row, row.dropFirst()).allSatisfy { $0 <= $1 }) }
    let paths = forecast.paths(count: 50, seed: 1)
    #expect(paths.allSatisfy { $0.allSatisfy { $0.isFinite && $0 >= 0 } })
    #expect(forecast.events == uplifts)
  }

  @Test("what happens during events does not enter the seasons", arguments: UInt64(1)...3)
  func plain(seed: UInt64) throws {
    let clean = Array(Demand.daily(count: hours, day: 24, seed: seed))
    // One attack of ten times the demand, in the last week at the horizon's hours.
    var attacked = clean
    for step in (hours - 24)..<(hours - 12) { attacked[step] *= 10 }
    let attack = CalendarEvent(
      name: "attack",
      times: .once(Int64((hours - 24) * 3600)..<Int64((hours - 12) * 3600)), height: .excluded)
    let timeline = timeline([attack])
    let forecast = try fit(timeline.plain(attacked), horizon)
    let wanted = try fit(timeline.plain(clean), horizon)
    #expect(forecast == wanted)
    #expect(try timeline.uplifts(of: attacked, seasons: [24, 168]).isEmpty)
  }

  @Test("a given uplift is that, an event never seen before is no uplift and uncertain")
  func given() throws {
    let begin = Int64(hours * 3600)
    let given = try #require(EventUplift(factor: 1.5, uncertainty: 0.1))
    let events = [
      CalendarEvent(
        name: "campaign", times: .once(begin..<(begin + 7200)), height: .given(given)),
      CalendarEvent(name: "première", times: .once(begin..<(begin + 7200)), height: .learned),
    ]
    let values = Demand.daily(count: hours, day: 24, seed: 5)
    let uplifts = try timeline(events).uplifts(of: values, seasons: [24, 168])
    #expect(uplifts.map(\.uplift.factor) == [1.5, 1])
    #expect(uplifts.map(\.uplift.uncertainty) == [0.1, EventUplift.unseenUncertainty])
    let plain = try fit(values, 4)
    let raised = plain.raised(by: uplifts)
    #expect((raised.median[0] - 1.5 * plain.median[0]).magnitude < 1e-9)
    #expect(raised.quantiles[0][2] > 1.5 * plain.quantiles[0][2])
    #expect(raised.median[3] == plain.median[3])
    #expect(raised.raised(by: []) == plain)
  }

  @Test(
    "every country's file of holidays is read, and Christmas is found", arguments: ["DE", "US"])
  func countries(country: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appending(path: "models/holidays")
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where file.hasSuffix(".csv") {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      #expect(HolidayTable(parsing: text)?.holidays.isEmpty == false, "\(file)")
    }
    let text = try String(contentsOf: folder.appending(path: country + ".csv"), encoding: .utf8)
    let table = try #require(HolidayTable(parsing: text))
    let christmas = try #require(CivilDate(year: 2026, month: 12, day: 25))
    #expect(table.days(named: ["Christmas Day"]).contains(christmas))
    #expect(zip(table.days(), table.days().dropFirst()).allSatisfy { $0 < $1 })
  }
}
