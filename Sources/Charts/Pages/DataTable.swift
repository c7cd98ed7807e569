/// The numbers behind a picture as an HTML table, folded away until asked for.
public struct DataTable: Sendable, Equatable {
  /// One series of a table over time.
  public struct Column: Sendable, Equatable {
    public let name: String
    public let values: TimedValues

    public init(_ name: String, values: TimedValues) {
      self.name = name
      self.values = values
    }
  }

  public let headings: [String]
  public let rows: [[String]]
  /// What the table leaves out, or an empty text.
  public let note: String

  public init(headings: [String], rows: [[String]], note: String = "") {
    self.headings = headings
    self.rows = rows
    self.note = note
  }

  /// One row per time at which any series has a value; every *n*-th where there would be more than
  /// `limit`, and the note says so. A value that does not hold at a time is an en dash.
  public init(
    columns: [Column], within range: ClosedRange<Double>, offset: UTCOffset, limit: Int = 96
  ) {
    let all = columns.flatMap { $0.values.times.filter(range.contains) }.sorted()
    var times: [Double] = []
    for time in all where times.last != time { times.append(time) }
    let every = max(1, (times.count + limit - 1) / max(1, limit))
    headings = ["Time (\(offset.label))"] + columns.map(\.name)
    rows = stride(from: 0, to: times.count, by: every).map { index in
      let time = times[index]
      return [offset.stamp(time)] + columns.map { CompactNumber.text($0.values.held(at: time)) }
    }
    note = every > 1 ? "Every \(every)\(Self.suffix(every)) of \(times.count) rows." : ""
  }

  private static func suffix(_ number: Int) -> String {
    switch (number % 10, number % 100) {
    case (1, let tail) where tail != 11: "st"
    case (2, let tail) where tail != 12: "nd"
    case (3, let tail) where tail != 13: "rd"
    default: "th"
    }
  }

  /// - Parameter identifier: the id of the `<details>`, by which a page that refreshes itself can
  ///   keep an opened table open.
  public func markup(identifier: String) -> Markup {
    var markup = Markup()
    markup.element("details", ["id": identifier]) { details in
      details.element("summary", text: "Data")
      if !note.isEmpty { details.element("p", ["class": "quiet"], text: note) }
      details.element("div", ["class": "scroll", "tabindex": "0"]) { box in
        box.append(plain)
      }
    }
    return markup
  }

  /// The table alone.
  public var plain: Markup {
    var markup = Markup()
    markup.element("table") { table in
      table.element("thead") { head in
        head.element("tr") { row in
          for heading in headings { row.element("th", ["scope": "col"], text: heading) }
        }
      }
      table.element("tbody") { body in
        for cells in rows {
          body.element("tr") { row in
            for (index, cell) in cells.enumerated() {
              if index == 0 {
                row.element("th", ["scope": "row"], text: cell)
              } else {
                row.element("td", text: cell)
              }
            }
          }
        }
      }
    }
    return markup
  }
}
