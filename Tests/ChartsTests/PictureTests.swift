import Foundation
import Testing

@testable import Charts

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Pictures")
struct PictureTests {
  static let hostile = "</text><script>\"&' \u{0}\u{202E}"

  static let day = TimedValues(
    start: 1_795_305_600, step: 300,
    values: (0..<288).map { $0 % 50 == 0 ? .nan : Double($0 % 97) })

  static var pictures: [any Picture] {
    let later = TimedValues(
      start: 1_795_392_000, step: 300, values: (0..<48).map { Double($0) + 40 })
    let bands = ForecastBands(
      middle: later, middleLabel: hostile,
      bands: [ForecastBands.Band(label: hostile, lower: later, upper: later)])
    let range = 1_795_305_600.0...1_795_406_400.0
    let span = EventSpan(name: hostile, from: 1_795_320_000, to: 1_795_330_000)
    return [
      TimeChart.demand(
        identifier: "demand", title: hostile, observed: day, forecasts: [bands], range: range,
        now: 1_795_392_000, events: [span]),
      TimeChart.capacity(
        identifier: "capacity", ready: day, target: later, need: day, range: range,
        limits: [Threshold(label: hostile, value: 60)]),
      TimeChart.queue(identifier: "queue", waiting: day, limit: 100, range: range),
      TimeChart.fan(
        identifier: "fan", title: hostile, past: day, fan: bands, range: range, unit: hostile),
      FrontChart(
        identifier: "front",
        points: [
          FrontChart.Point(hostile, cost: 1.1, violation: 0.01, role: .emphasised),
          FrontChart.Point("b", cost: 1, violation: 0, role: .reference),
          FrontChart.Point("c", cost: .nan, violation: .infinity),
        ], objective: 0.02),
      BarChart(
        identifier: "bars", title: hostile,
        bars: [
          BarChart.Bar(hostile, value: 3, interval: 1...4, note: hostile),
          BarChart.Bar("unknown", value: .nan), BarChart.Bar("negative", value: -3),
        ], valueLabel: hostile),
      DurationCurve(identifier: "duration", values: day.values, unit: hostile, commitment: 40),
      DurationCurve(
        identifier: "band", values: [3, 2, 1], unit: hostile, lower: [2, 1, 0], upper: [4, 3, 2],
        commitment: 2, words: hostile),
      WaterfallChart(
        identifier: "levers", title: hostile,
        steps: [
          WaterfallChart.Step(hostile, detail: hostile, from: 10, to: 6),
          WaterfallChart.Step("costs", from: 6, to: 7), WaterfallChart.Step("?", from: .nan, to: 7),
        ], valueLabel: hostile, words: hostile),
    ]
  }

  static var empty: [any Picture] {
    let none = TimedValues(times: [], values: [])
    return [
      TimeChart.demand(identifier: "a", observed: none, forecasts: [], range: 0...0),
      TimeChart.capacity(identifier: "b", ready: none, target: nil, need: none, range: 5...5),
      TimeChart.queue(identifier: "c", waiting: none, range: 0...1e18),
      FrontChart(identifier: "d", points: [], objective: 0.01),
      BarChart(identifier: "e", title: "", bars: [], valueLabel: ""),
      DurationCurve(identifier: "f", values: [.nan], unit: "", commitment: .nan),
      WaterfallChart(identifier: "g", title: "", steps: [], valueLabel: ""),
    ]
  }

  @Test("Every picture is well-formed XML, whatever the names in it and with nothing to show")
  func wellFormed() {
    for picture in Self.pictures + Self.empty {
      for layout in Layout.allCases {
        let file = picture.svgFile(layout)
        #expect(isWellFormed(file), "\(picture.caption.identifier) \(layout)")
        #expect(!file.contains("<script"), "\(picture.caption.identifier)")
        #expect(!file.contains("nan"), "\(picture.caption.identifier)")
        #expect(file.contains("role=\"img\""))
        #expect(file.contains("<title id="))
        #expect(file.contains("<desc id="))
      }
      #expect(isWellFormed(picture.figure().source), "\(picture.caption.identifier)")
    }
  }

  @Test("A page is well-formed, needs nothing else, and has every id once")
  func page() throws {
    var page = ReportPage(title: Self.hostile)
    page.subtitle = Self.hostile
    for picture in Self.pictures { page.content.append(picture.figure()) }
    let html = page.html
    #expect(isWellFormed(html))
    #expect(!html.contains("<script"))
    #expect(!html.contains(" style=\""))
    #expect(!html.contains("src=\""))
    let ids = html.matches(of: /\sid="([^"]+)"/).map { String($0.output.1) }
    #expect(ids.count > 20)
    #expect(Set(ids).count == ids.count)
  }

  @Test(
    "An event is drawn where it is in view, a short one too",
    arguments: [(0, 10, false), (90, 95, false), (0, 11, true), (50, 50, true), (80, 99, true)])
  func events(from: Double, to: Double, isShown: Bool) {
    var chart = TimeChart.queue(
      identifier: "q", waiting: TimedValues(times: [], values: []), range: 10...90)
    chart.events = [EventSpan(name: "sale", from: from, to: to)]
    #expect(chart.svg(.wide).source.contains(">sale<") == isShown)
  }

  @Test("The same data draw the same bytes")
  func deterministic() {
    let first = Self.pictures.map { $0.figure().source }
    let second = Self.pictures.map { $0.figure().source }
    #expect(first == second)
  }

  @Test("The shortage is drawn only where fewer are ready than needed")
  func shortage() {
    let ready = TimedValues(start: 0, step: 1, values: [4, 4, 4, 4])
    let enough = TimedValues(start: 0, step: 1, values: [1, 4, 2, 3])
    let short = TimedValues(start: 0, step: 1, values: [1, 7, 2, 3])
    let unknown = TimedValues(start: 0, step: 1, values: [1, .nan, 2, 3])
    func summary(_ need: TimedValues) -> String {
      TimeChart.capacity(
        identifier: "x", ready: ready, target: nil, need: need, range: 0...4
      ).caption.summary
    }
    #expect(summary(enough).hasSuffix("never too few."))
    #expect(summary(short).hasSuffix("at worst 3 too few."))
    #expect(summary(unknown).hasSuffix("never too few."))
  }

  @Test("The front holds the points that no other beats, without the references")
  func front() {
    let points = [
      FrontChart.Point("a", cost: 1.5, violation: 0.001),
      FrontChart.Point("b", cost: 1.2, violation: 0.01),
      FrontChart.Point("c", cost: 1.4, violation: 0.02),
      FrontChart.Point("d", cost: 1.1, violation: 0.2),
      FrontChart.Point("oracle", cost: 1, violation: 0, role: .reference),
    ]
    #expect(FrontChart.front(of: points).map(\.label) == ["d", "b", "a"])
    let chart = FrontChart(identifier: "x", points: points, objective: 0.01)
    #expect(chart.caption.summary.contains("cheapest inside the objective is b"))
  }

  @Test("A policy at twenty times the cost stands at the end of the axis, under its figure")
  func capped() {
    let points = [
      FrontChart.Point("a", cost: 1, violation: 0.001),
      FrontChart.Point("b", cost: 1.2, violation: 0.01),
      FrontChart.Point("static", cost: 20, violation: 0),
    ]
    #expect(FrontChart.mostShown(from: points) == 3)
    let picture = FrontChart(identifier: "x", points: points).svgFile()
    let (isNamed, isShort) = (picture.contains("static: 20"), !picture.contains(">20×<"))
    #expect(isNamed && isShort)
  }

  @Test("Labels of points never overlap each other", arguments: 0..<100)
  func labels(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let bounds = Area(left: 0, top: 0, right: 400, bottom: 300)
    var placement = LabelPlacement(bounds: bounds, obstacles: [])
    var placed: [Area] = []
    for _ in 0..<20 {
      let label = placement.place(
        x: 150 + random.unit() * 60, y: 100 + random.unit() * 60, width: 30 + random.unit() * 60,
        height: 14)
      if let label { placed.append(label.area) }
    }
    #expect(placed.count >= 8, "seed \(seed)")
    for (index, area) in placed.enumerated() {
      #expect(bounds.contains(area), "seed \(seed)")
      #expect(!placed[(index + 1)...].contains(where: area.overlaps), "seed \(seed)")
    }
  }

  @Test("Labels in a column keep their order, their distance and their bounds")
  func spread() {
    let placed = LabelPlacement.spread([50, 10, 51, 99], spacing: 12, within: 0...100)
    #expect(placed == [50, 10, 62, 99])
    #expect(LabelPlacement.spread([99, 98], spacing: 10, within: 0...100) == [100, 90])
  }

  @Test("A commitment's use is measured against the need and against itself")
  func commitment() {
    let use = DurationCurve.use([4, 3, 2, 1], commitment: 2)
    #expect(use.coverage == 0.7)
    #expect(use.utilisation == 0.875)
  }

  private func isWellFormed(_ text: String) -> Bool {
    XMLParser(data: Data(text.utf8)).parse()
  }

  @Test("A duration curve names only the areas that it has")
  func durationAreas() {
    func legend(_ commitment: Double?) -> [String] {
      let curve = DurationCurve(
        identifier: "d", values: [1, 4, 2, 3], unit: "instances", commitment: commitment)
      let svg = curve.svg(.wide).source
      return ["committed and used", "bought on demand", "committed and idle"].filter(svg.contains)
    }
    #expect(legend(nil) == ["bought on demand"])
    #expect(legend(2.5) == ["committed and used", "bought on demand", "committed and idle"])
    #expect(legend(1) == ["committed and used", "bought on demand"])
    #expect(legend(9) == ["committed and used", "committed and idle"])
  }

  @Test("A band that does not fit the curve is left out")
  func durationBand() {
    let lone = DurationCurve(
      identifier: "d", values: [1, 2], unit: "u", lower: [1], upper: [2, 3])
    #expect(lone.envelope == nil)
    let whole = DurationCurve(
      identifier: "d", values: [1, 2], unit: "u", lower: [0, 1], upper: [2, 3])
    #expect(whole.envelope == .init(lower: [1, 0], upper: [3, 2]))
  }

  @Test("A waterfall says what each lever takes and what is left")
  func waterfall() {
    let chart = WaterfallChart(
      identifier: "w", title: "Levers",
      steps: [
        WaterfallChart.Step("forecast", detail: "hybrid", from: 540, to: 400),
        WaterfallChart.Step("commitment", from: 400, to: 290),
      ], valueLabel: "USD", format: .money(currency: "USD"), words: "Why.")
    #expect(chart.caption.summary == "Why. From 540\u{202F}USD to 290\u{202F}USD, USD.")
    #expect(
      chart.table.rows.map { $0[3] } == ["−140\u{202F}USD", "−110\u{202F}USD"])
    #expect(chart.table.rows[0][4] == "hybrid")
  }

  @Test("Each month is named once, the last one beside the zone; nested bands have their colours")
  func fanOfWeeks() {
    let first = 1_796_083_200.0  // 2026-12-01T00:00:00Z
    func daily(_ value: Double) -> TimedValues {
      TimedValues(start: first, step: 86_400, values: [Double](repeating: value, count: 35))
    }
    let bands = [(1.0, 5.0), (2.0, 4.0)].map { low, high in
      ForecastBands.Band(label: "\(low)", lower: daily(low), upper: daily(high))
    }
    let picture = TimeChart.fan(
      identifier: "weeks", title: "weeks", past: TimedValues(times: [], values: []),
      fan: ForecastBands(middle: daily(3), bands: bands), range: first...(first + 34.5 * 86_400),
      unit: "a day"
    ).figure().source
    let wide = picture.components(separatedBy: "</svg>")[0]
    #expect(wide.components(separatedBy: ">Dec 2026<").count == 2)
    #expect(wide.contains(">Jan 2027 · UTC<"))
    // Each band once in the plot and once in the legend, where the inner lies on an outer again.
    #expect(wide.components(separatedBy: "band-outer ").count == 4)
    #expect(wide.components(separatedBy: "band-inner ").count == 3)
  }

  @Test("What was expected is told from what is expected, unless both are the same quantiles")
  func pastAndNext() {
    func bands(_ label: String, from start: Double) -> ForecastBands {
      func hours(_ value: Double) -> TimedValues {
        TimedValues(start: start, step: 3600, values: [value, value])
      }
      return ForecastBands(
        middle: hours(2),
        bands: [ForecastBands.Band(label: label, lower: hours(1), upper: hours(3))])
    }
    func wide(_ past: String, _ next: String) -> String {
      let chart = TimeChart.demand(
        identifier: "d", observed: TimedValues(times: [0], values: [2]),
        forecasts: [bands(past, from: 0), bands(next, from: 7200)], range: 0...14_400, now: 7200)
      return chart.figure().source.components(separatedBy: "</svg>")[0]
    }
    func count(_ style: String, in picture: String) -> Int {
      picture.components(separatedBy: "\(style) ").count - 1
    }
    // Once in the plot and once in the legend.
    let different = wide("P50–P99", "P10–P90")
    #expect(count("band-past", in: different) == 2)
    #expect(count("band-outer", in: different) == 2)
    let alike = wide("P10–P90", "P10–P90")
    #expect(count("band-past", in: alike) == 0)
    #expect(count("band-outer", in: alike) == 3)
  }
}
