import Testing

@testable import Charts

@Suite("Data tables")
struct DataTableTests {
  @Test("One row per time, and an unknown value is a dash")
  func rows() {
    let first = TimedValues(times: [0, 60, 120], values: [1, .nan, 3], end: 180)
    let second = TimedValues(times: [60, 180], values: [10, 20])
    let table = DataTable(
      columns: [DataTable.Column("a", values: first), DataTable.Column("b", values: second)],
      within: 0...180, offset: .utc)
    #expect(table.headings == ["Time (UTC)", "a", "b"])
    #expect(
      table.rows == [
        ["1970-01-01 00:00", "1", "–"], ["1970-01-01 00:01", "–", "10"],
        ["1970-01-01 00:02", "3", "10"], ["1970-01-01 00:03", "3", "20"],
      ])
    #expect(table.note == "")
  }

  @Test("A long table is thinned and says so")
  func thinned() {
    let long = TimedValues(start: 0, step: 60, values: Array(repeating: 1, count: 1000))
    let table = DataTable(
      columns: [DataTable.Column("a", values: long)], within: 0...1e6, offset: .utc, limit: 96)
    #expect(table.rows.count == 91)
    #expect(table.note == "Every 11th of 1000 rows.")
  }
}
