import Testing

@testable import Charts

@Suite("Compact numbers")
struct CompactNumberTests {
  @Test(
    "Three significant digits with an SI prefix",
    arguments: [
      (0, "0"), (1, "1"), (12.5, "12.5"), (12.345, "12.3"), (999.4, "999"), (999.9, "1k"),
      (1000, "1k"), (1250, "1.25k"), (123_456, "123k"), (999_999, "1M"), (3e6, "3M"),
      (4.2e9, "4.2G"), (0.5, "0.5"), (0.0042, "0.0042"), (0.00123456, "0.00123"),
      (0.000012, "0.000012"), (3.2e-7, "3.2e-7"), (-1250, "−1.25k"), (1.05, "1.05"),
      (.nan, "–"), (.infinity, "∞"), (-.infinity, "−∞"), (1e300, "1e300"),
    ] as [(Double, String)])
  func text(value: Double, expected: String) {
    #expect(CompactNumber.text(value) == expected)
  }

  @Test(
    "Percentages, ratios, money and durations",
    arguments: [
      (ValueFormat.percent.text(0.0082), "0.82\u{202F}%"), (ValueFormat.ratio.text(1.094), "1.09×"),
      (ValueFormat.money(currency: "USD").text(290_000), "290k\u{202F}USD"),
      (ValueFormat.percent.text(.nan), "–"),
      (CompactNumber.duration(seconds: 90), "1.5\u{202F}min"),
      (CompactNumber.duration(seconds: 0.2), "200\u{202F}ms"),
      (CompactNumber.duration(seconds: 604_800), "7\u{202F}d"),
      (CompactNumber.duration(seconds: 0), "0\u{202F}s"),
    ])
  func formats(text: String, expected: String) {
    #expect(text == expected)
  }

  @Test("Coordinates are whole tenths and never trap")
  func coordinates() {
    #expect(Coordinate.text(12.34) == "12.3")
    #expect(Coordinate.text(-0.5) == "-.5")
    #expect(Coordinate.text(7) == "7")
    #expect(Coordinate.text(.infinity) == "100000")
    #expect(Coordinate.text(.nan) == "0")
  }
}
