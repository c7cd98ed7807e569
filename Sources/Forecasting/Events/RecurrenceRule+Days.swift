extension RecurrenceRule {
  /// The days of a rule, ascending.
  ///
  /// - Parameters:
  ///   - first: The day that the rule counts from; none is earlier.
  ///   - last: The last day that is asked for.
  /// - Complexity: One step per day, week, month or year from `first` to `last`.
  public func days(from first: CivilDate, through last: CivilDate) -> [CivilDate] {
    let end = min(last, until ?? last)
    var days: [CivilDate] = []
    var period = 0
    while let candidates = candidates(inPeriod: period, from: first), candidates.begin <= end {
      for day in candidates.days where day >= first && day <= end {
        days.append(day)
        if days.count == count { return days }
      }
      period += interval
    }
    return days
  }

  /// The days that fit within the period of that number after the first one, ascending, and where it
  /// begins; nil after the last year.
  private func candidates(inPeriod number: Int, from first: CivilDate)
    -> (begin: CivilDate, days: [CivilDate])?
  {
    let start = first.components
    switch frequency {
    case .daily:
      let day = CivilDate(days: first.days + number)
      guard day.days == first.days + number else { return nil }
      return (day, fits(day) ? [day] : [])
    case .weekly:
      let monday = first.days - first.weekday + 7 * number
      guard CivilDate(days: monday + 6).days == monday + 6 else { return nil }
      let wanted = weekdays.isEmpty ? [first.weekday] : weekdays.map(\.weekday)
      let days = (0..<7).filter(wanted.contains).map { CivilDate(days: monday + $0) }
      return (CivilDate(days: monday), days.filter(isInMonths))
    case .monthly:
      let months = start.year * 12 + start.month - 1 + number
      guard let begin = CivilDate(year: months / 12, month: months % 12 + 1, day: 1) else {
        return nil
      }
      return (begin, isInMonths(begin) ? days(ofMonth: begin, usual: start.day) : [])
    case .yearly:
      guard let begin = CivilDate(year: start.year + number, month: 1, day: 1) else { return nil }
      return (begin, days(ofYear: begin, from: start))
    }
  }

  private func days(ofYear begin: CivilDate, from start: (year: Int, month: Int, day: Int))
    -> [CivilDate]
  {
    let year = begin.components.year
    if months.isEmpty, monthDays.isEmpty, !weekdays.isEmpty {
      let length = 337 + CivilDate.length(ofMonth: 2, year: year)
      return weekdays(from: begin, length: length)
    }
    let all = months.isEmpty ? (monthDays.isEmpty ? [start.month] : Array(1...12)) : months.sorted()
    return all.flatMap { month in
      CivilDate(year: year, month: month, day: 1).map { days(ofMonth: $0, usual: start.day) } ?? []
    }
  }

  private func days(ofMonth begin: CivilDate, usual: Int) -> [CivilDate] {
    let (year, month, _) = begin.components
    let length = CivilDate.length(ofMonth: month, year: year)
    if monthDays.isEmpty, !weekdays.isEmpty { return weekdays(from: begin, length: length) }
    let wanted = (monthDays.isEmpty ? [usual] : monthDays).map { $0 < 0 ? length + 1 + $0 : $0 }
    return (1...length).filter(wanted.contains).map { CivilDate(days: begin.days + $0 - 1) }
      .filter { day in weekdays.isEmpty || weekdays.contains { $0.weekday == day.weekday } }
  }

  /// The weekdays wanted within a stretch of days, by their ordinals if they have any.
  private func weekdays(from begin: CivilDate, length: Int) -> [CivilDate] {
    (0..<length).compactMap { offset in
      let day = CivilDate(days: begin.days + offset)
      let fits = weekdays.contains { wanted in
        guard wanted.weekday == day.weekday else { return false }
        if wanted.ordinal == 0 { return true }
        return wanted.ordinal > 0
          ? offset / 7 + 1 == wanted.ordinal : (length - 1 - offset) / 7 + 1 == -wanted.ordinal
      }
      return fits ? day : nil
    }
  }

  private func fits(_ day: CivilDate) -> Bool {
    let (year, month, dayOfMonth) = day.components
    let length = CivilDate.length(ofMonth: month, year: year)
    return isInMonths(day)
      && (weekdays.isEmpty || weekdays.contains { $0.weekday == day.weekday })
      && (monthDays.isEmpty
        || monthDays.contains { $0 == dayOfMonth || length + 1 + $0 == dayOfMonth })
  }

  private func isInMonths(_ day: CivilDate) -> Bool {
    months.isEmpty || months.contains(day.components.month)
  }
}
