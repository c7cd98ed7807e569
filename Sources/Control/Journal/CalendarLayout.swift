import Domain
import Forecasting

// How an event that recurs lies in the journal.

extension StateWriter {
  mutating func write(_ event: CalendarEvent) {
    write(event.name)
    write(Int(event.rampBefore))
    write(Int(event.rampAfter))
    switch event.height {
    case .given(let uplift):
      write(byte: 0)
      write(uplift.factor)
      write(uplift.uncertainty)
    case .learned: write(byte: 1)
    case .excluded: write(byte: 2)
    }
    switch event.times {
    case .once(let time):
      write(byte: 0)
      write(Int(time.lowerBound))
      write(Int(time.upperBound))
    case .recurring(let first, let duration, let rule):
      write(byte: 1)
      write(Int(first))
      write(Int(duration))
      write(rule.description)
    case .days(let days):
      write(byte: 2)
      write(days.count)
      for day in days { write(day.days) }
    }
  }
}

extension StateReader {
  mutating func readCalendarEvent() throws(StateError) -> CalendarEvent {
    let name = try readText()
    let before = Int64(try readInt())
    let after = Int64(try readInt())
    let height = try readHeight()
    return CalendarEvent(
      name: name, times: try readTimes(), height: height, rampBefore: before, rampAfter: after)
  }

  private mutating func readHeight() throws(StateError) -> CalendarEvent.Height {
    let start = position
    let tag = try readByte()
    switch tag {
    case 0:
      let factor = try readDouble()
      guard let uplift = EventUplift(factor: factor, uncertainty: try readDouble()) else {
        throw .inconsistent("an event's uplift is not one")
      }
      return .given(uplift)
    case 1: return .learned
    case 2: return .excluded
    default: throw .unexpectedByte(tag, at: start)
    }
  }

  private mutating func readTimes() throws(StateError) -> CalendarEvent.Times {
    let start = position
    let tag = try readByte()
    switch tag {
    case 0:
      let first = Int64(try readInt())
      let last = Int64(try readInt())
      guard first <= last else { throw .inconsistent("an event ends before it begins") }
      return .once(first..<last)
    case 1:
      let first = Int64(try readInt())
      let duration = Int64(try readInt())
      let text = try readText()
      guard let rule = try? RecurrenceRule(parsing: text) else {
        throw .inconsistent("not a recurrence rule: \(text)")
      }
      return .recurring(firstLocal: first, duration: duration, rule: rule)
    case 2:
      var days: [CivilDate] = []
      for _ in 0..<(try readCount(elementSize: 8)) { days.append(CivilDate(days: try readInt())) }
      return .days(days)
    default: throw .unexpectedByte(tag, at: start)
    }
  }
}
